//! `report`: the file as others will open it. A strict parser of HTML always reads it; a browser
//! does where one is installed, or named by `BUTTRESS_BROWSER`.

use super::{Place, QUEUE, exists};
use scraper::{Html, Selector};
use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A scenario of the collection, as a file of a place.
fn with_scenario(name: &str) -> Place {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("scenarios")
        .join(name);
    Place::with(&std::fs::read_to_string(path).unwrap())
}

/// That the page is strict HTML, needs nothing else, and can be read by those who do not see it.
#[track_caller]
fn check_page(html: &str) -> Html {
    let page = Html::parse_document(html);
    assert_eq!(page.errors, Vec::<String>::new());
    let all = |selector: &str| {
        let selector = Selector::parse(selector).unwrap();
        page.select(&selector).collect::<Vec<_>>()
    };
    for element in all("*") {
        for (name, value) in element.value().attrs() {
            let is_namespace = name == "xmlns";
            assert!(is_namespace || !value.contains("://"), "{name}={value}");
            assert!(name != "src" && !name.starts_with("on"), "{name}={value}");
            assert!(name != "href" || value.starts_with('#'), "{value}");
        }
    }
    for style in all("style") {
        let style: String = style.text().collect();
        assert!(
            !style.contains("url(") && !style.contains("@import"),
            "{style}"
        );
    }
    assert!(all("script, link, iframe, img, object").is_empty());
    assert_eq!(all("h1").len(), 1);
    for link in all("nav a") {
        let id = link.value().attr("href").unwrap();
        assert_eq!(all(id).len(), 1, "{id}");
    }
    assert!(!all("th[scope=col]").is_empty() && !all("th[scope=row]").is_empty());
    let drawings = all("svg");
    assert!(!drawings.is_empty());
    for drawing in drawings {
        assert_eq!(drawing.value().attr("role"), Some("img"));
        assert!(drawing.children().any(|child| {
            child
                .value()
                .as_element()
                .is_some_and(|element| element.name() == "title")
        }));
    }
    page
}

fn headings(page: &Html) -> Vec<String> {
    let selector = Selector::parse("h2").unwrap();
    page.select(&selector)
        .map(|heading| heading.text().collect())
        .collect()
}

#[test]
fn a_report_of_a_design_has_all_sections() {
    let place = with_scenario("shop.ron");
    place
        .run(&[
            "report",
            "a.ron",
            "--duration",
            "20s",
            "--reps",
            "3",
            "--out",
            "r.html",
        ])
        .ends(0)
        .silently();
    let html = place.read("r.html");
    let page = check_page(&html);
    let wanted = [
        "Outcome",
        "Design",
        "What clients saw",
        "Where the time went",
        "Nodes and wires",
        "Estimate by formulas",
        "Where this comes from",
    ];
    assert_eq!(headings(&page), wanted);
    assert!(
        html.contains("buttress run a.ron --seed 1 --duration 20s --reps 3"),
        "{html}"
    );
    assert!(!html.contains("NaN") && !html.contains("inf "));
    // The same bytes again, and on stdout.
    let again = place.run(&[
        "report",
        "a.ron",
        "--duration",
        "20s",
        "--reps",
        "3",
        "--threads",
        "1",
    ]);
    assert_eq!(again.ends(0).out, html);
    assert!(!exists(&place.path(".buttress")));
}

#[test]
fn a_report_of_a_storm_has_its_faults_and_alternatives() {
    let place = with_scenario("retry-storm.ron");
    let answer = place.run(&[
        "report",
        "a.ron",
        "--reps",
        "3",
        "--compare",
        "retry budget",
        "--compare",
        "no retries",
        "--out",
        "r.html",
    ]);
    answer.ends(0).silently();
    let html = place.read("r.html");
    let page = check_page(&html);
    let sections = headings(&page);
    assert!(
        sections.contains(&"Faults and recovery".to_owned()),
        "{sections:?}"
    );
    assert!(sections.contains(&"Comparison".to_owned()), "{sections:?}");
    assert!(html.contains("Not recovered from slow inventory"));
    assert!(html.contains("--compare &#39;retry budget&#39;"));
    assert!(html.contains("retry budget against the baseline"));
    looked_at_in_a_browser(&place, &html);
}

#[test]
fn a_kept_run_is_reported_as_it_was() {
    let place = Place::with(QUEUE);
    place.run(&["run", "a.ron", "--quiet"]).ends(0);
    let id = place.run(&["history", "--json"]).json()["runs"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let answer = place
        .run(&["report", "--run", "last", "--compare", "fast"])
        .ends(0)
        .silently();
    check_page(&answer.out);
    assert!(
        answer.out.contains(&format!("buttress replay {id}")),
        "{}",
        answer.out
    );
    assert!(answer.out.contains("fast against the baseline"));
    let markdown = place
        .run(&["report", "--run", "last", "--format", "markdown"])
        .ends(0)
        .out;
    assert!(markdown.starts_with("# queue\n"), "{markdown}");
    assert!(
        markdown.contains("| ✓ met | `p99(*) < 10s` |"),
        "{markdown}"
    );
    assert!(markdown.contains("│ server │"), "{markdown}");
}

#[test]
fn the_drawing_is_a_file_of_its_own() {
    let place = Place::with(QUEUE);
    place.run(&["report", "a.ron", "--out", "a.svg"]).ends(0);
    let svg = place.read("a.svg");
    let document = roxmltree::Document::parse(&svg).unwrap();
    assert_eq!(document.root_element().tag_name().name(), "svg");
    assert!(
        svg.contains(">server</text>") && svg.contains("70%</text>"),
        "{svg}"
    );
    assert!(!svg.contains("url(") && svg.matches("://").count() == 1);
}

#[test]
fn nothing_in_a_design_becomes_markup() {
    let hostile = "<script>alert(1)</script>";
    let text = QUEUE
        .replace("name: \"queue\"", &format!("name: \"{hostile}\""))
        .replace("\"server\"", &format!("\"{hostile}\""))
        .replace("nodes/server", "nodes/users");
    let text = text.replace("[Set(\"nodes/users/work\", \"1ms\")]", "[]");
    let place = Place::with(&text);
    let html = place
        .run(&["report", "a.ron", "--compare", "fast"])
        .ends(0)
        .out;
    check_page(&html);
    assert!(html.contains("&lt;script&gt;"));
    let markdown = place
        .run(&["report", "a.ron", "--format", "markdown"])
        .ends(0)
        .out;
    let outside_code: String = markdown.split("```").step_by(2).collect();
    assert!(!outside_code.contains("<script"), "{outside_code}");
}

#[test]
fn what_cannot_be_reported_is_said() {
    let place = Place::with(QUEUE);
    place.run(&["report"]).ends(2);
    place.run(&["report", "a.ron", "--run", "last"]).ends(2);
    place
        .run(&["report", "--run", "last", "--seed", "2"])
        .ends(2);
    place.run(&["report", "--run", "last"]).ends(4);
    place.run(&["report", "absent.ron"]).ends(4);
    place
        .run(&["report", "a.ron", "--compare", "absent.ron"])
        .ends(4);
    place
        .run(&["report", "a.ron", "--out", "no/such/r.html"])
        .ends(4)
        .says("cannot write no/such/r.html");
    place.run(&["report", "a.ron", "--format", "pdf"]).ends(2);
}

/// The browser that is asked for, or one that is installed.
fn browser() -> Option<PathBuf> {
    if let Some(named) = env::var_os("BUTTRESS_BROWSER") {
        return Some(PathBuf::from(named));
    }
    let names = [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "chrome",
        "microsoft-edge",
    ];
    let path = env::var_os("PATH")?;
    let mut places = env::split_paths(&path).flat_map(|folder| names.map(|name| folder.join(name)));
    places.find(|place| place.is_file())
}

/// Opens the page at two widths: nothing sticks out, and it is not blank.
#[expect(clippy::print_stderr, reason = "says what was not tested")]
fn looked_at_in_a_browser(place: &Place, html: &str) {
    let Some(browser) = browser() else {
        eprintln!("skipped: there is no browser; BUTTRESS_BROWSER can name one");
        return;
    };
    // The page has no script; this copy measures itself, in a frame, since windows have a least
    // width.
    let measure = "<script>addEventListener('load',()=>parent.postMessage(\
        [innerWidth,document.documentElement.scrollWidth],'*'))</script></body>";
    place.write("measured.html", html.replace("</body>", measure));
    for width in [1280, 400] {
        let frame = format!(
            "<!DOCTYPE html><title>frame</title><body style=\"margin:0\"><iframe src=\"measured.html\" \
             style=\"border:0;width:{width}px;height:1400px\"></iframe>\
             <script>addEventListener('message',({{data}})=>document.body.dataset.seen=data.join())</script>"
        );
        place.write("frame.html", frame);
        let open = |more: &[&str]| {
            let page = format!("file://{}", place.path("frame.html").display());
            let profile = format!("--user-data-dir={}", place.path("profile").display());
            let output = Command::new(&browser)
                .args([
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--no-first-run",
                ])
                .args([
                    "--window-size=1300,1400",
                    "--virtual-time-budget=3000",
                    &profile,
                ])
                .args(more)
                .arg(page)
                .stdin(Stdio::null())
                .output()
                .unwrap();
            assert!(
                output.status.success(),
                "{}",
                String::from_utf8_lossy(&output.stderr)
            );
            String::from_utf8_lossy(&output.stdout).into_owned()
        };
        let seen = open(&["--dump-dom"]);
        let measured = seen
            .split("data-seen=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        let (inner, whole) = measured.and_then(|both| both.split_once(',')).expect(&seen);
        assert_eq!(inner.parse(), Ok(width));
        assert!(
            whole.parse::<u32>().unwrap() <= width,
            "at {width} it is {whole} wide"
        );
        let picture = place.path("page.png");
        open(&[&format!("--screenshot={}", picture.display())]);
        let bytes = std::fs::metadata(&picture).unwrap().len();
        assert!(bytes > 20_000, "a picture of {bytes} bytes is blank");
    }
}
