//! Scenes of shipped and of random designs.

use super::*;
use crate::design::{LoadOptions, load};
use crate::layout::geometry::Size;
use crate::layout::role::Role;
use crate::layout::{Charset, picture};

/// The shipped scenarios, by name.
pub(crate) fn scenarios() -> Vec<(String, Design)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("the scenarios are there")
        .map(|entry| entry.expect("an entry can be read").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "ron"))
        .collect();
    paths.sort();
    let load = |path: std::path::PathBuf| {
        let loaded = load(&path, &LoadOptions::default()).expect("a shipped scenario loads");
        let name = path.file_stem().expect("it has a name");
        (name.to_string_lossy().into_owned(), loaded.design)
    };
    paths.into_iter().map(load).collect()
}

/// Writes pictures of all scenarios to the folder that `BUTTRESS_PICTURES` names, to be looked at.
#[test]
#[ignore = "writes files to be looked at"]
fn pictures_of_all_scenarios() {
    let Ok(folder) = std::env::var("BUTTRESS_PICTURES") else {
        return;
    };
    for columns in [80, 160] {
        let mut all = String::new();
        for (name, design) in scenarios() {
            let drawn = picture::text(&design, columns, Charset::Unicode);
            all.push_str(&format!("== {name}\n{drawn}\n"));
        }
        let path = std::path::Path::new(&folder).join(format!("all-{columns}.txt"));
        std::fs::write(path, all).expect("the folder can be written to");
    }
}

fn design(text: &str) -> Design {
    let base = std::path::Path::new("");
    let loaded = crate::design::load_str(text, "test.ron", base, &LoadOptions::default());
    loaded.expect("the design of a test is valid").design
}

/// The design of the project's first screen, with a group around what runs in two zones.
fn checkout() -> Design {
    design(
        r#"(format: 1, nodes: {
            "shoppers": Client(traffic: [(to: "edge", rate: "120/s")]),
            "edge": Balancer(to: ["api"], policy: PowerOfTwo),
            "api": Service(replicas: 4, workers: 32, endpoints: {"order": [
                Cached(cache: "cache", miss: [Call("orders-db")]), Publish("order-events"),
            ]}),
            "cache": Cache(capacity: 50_000, ttl: "5m"),
            "orders-db": Database(connections: 100, cores: 4),
            "order-events": Queue(),
            "mailer": Worker(from: "order-events", replicas: 2, workers: 4),
        },
        wires: {"api -> orders-db": (pool: 20)},
        groups: {"zones a, b": ["api", "cache", "orders-db", "order-events", "mailer"]},
        notes: [(at: (2, -3), text: "before the sale")])"#,
    )
}

/// A cycle, a wire over several layers, many callers and a node that stands alone.
fn tangle() -> Design {
    design(
        r#"(format: 1, nodes: {
            "web": Client(traffic: [(to: "a", rate: "9/s"), (to: "hub", rate: "9/s")]),
            "app": Client(traffic: [(to: "b", rate: "9/s")]),
            "a": Service(to: ["hub", "c"]),
            "b": Service(to: ["hub", "c"]),
            "hub": Service(to: ["c", "a"]),
            "c": Service(to: []),
            "spare": Service(),
        }, wires: {"hub -> a": (max_depth: 2)})"#,
    )
}

fn scene_at(design: &Design, zoom: Zoom) -> Scene {
    let options = SceneOptions {
        zoom,
        ..SceneOptions::default()
    };
    Scene::of(design, &options)
}

fn drawn(scene: &Scene, look: &Look<'_>) -> String {
    scene.paint(scene.bounds(), look).text()
}

#[test]
fn a_part_of_a_picture_is_the_picture_of_the_part() {
    for design in [checkout(), tangle()] {
        for zoom in crate::layout::boxes::ZOOMS {
            let scene = scene_at(&design, zoom);
            let whole = scene.paint(scene.bounds(), &Look::default());
            let bounds = scene.bounds();
            let part = Rect::new(bounds.x + 9, bounds.y + 3, 17, 6);
            let picture = scene.paint(part, &Look::default());
            for y in part.y..part.bottom() {
                for x in part.x..part.right() {
                    let at = Point::new(x, y);
                    let seen = whole.get(at).copied().unwrap_or_default();
                    assert_eq!(picture.get(at).copied(), Some(seen), "{zoom:?} {at:?}");
                }
            }
        }
    }
}

#[test]
fn a_click_hits_what_is_drawn() {
    let scene = scene_at(&checkout(), Zoom::Card);
    for (index, node) in scene.nodes().iter().enumerate() {
        assert_eq!(
            scene.hit(node.rect.origin().moved(2, 1)),
            Owner::Node(index)
        );
        assert_eq!(scene.rect_of(Owner::Node(index)), node.rect);
        assert_eq!(scene.node_index(&node.name), Some(index));
    }
    for (index, wire) in scene.wires().iter().enumerate() {
        let end = wire.path.end().expect("every wire is drawn");
        assert_eq!(scene.hit(end), Owner::Wire(index));
        assert_eq!(scene.wire_index(&wire.name), Some(index));
    }
    let frame = scene.groups()[0].rect;
    assert_eq!(scene.hit(frame.origin()), Owner::Group(0));
    assert_eq!(scene.hit(scene.notes()[0].rect.origin()), Owner::Note(0));
    assert_eq!(scene.hit(Point::new(-500, 7)), Owner::Nothing);
}

#[test]
fn messages_are_dashed_and_run_from_the_queue_to_the_worker() {
    let scene = scene_at(&checkout(), Zoom::Card);
    let names = |wire: &SceneWire| {
        let (from, to) = (&scene.nodes()[wire.from].name, &scene.nodes()[wire.to].name);
        format!(
            "{} {from} to {to}{}",
            wire.name,
            if wire.asynchronous { ", dashed" } else { "" }
        )
    };
    let all: Vec<String> = scene.wires().iter().map(names).collect();
    insta::assert_snapshot!(all.join("\n"), @r"
    shoppers -> edge shoppers to edge
    edge -> api edge to api
    api -> cache api to cache
    api -> orders-db api to orders-db
    api -> order-events api to order-events, dashed
    mailer -> order-events order-events to mailer, dashed
    ");
}

#[test]
fn a_folded_group_is_one_box() {
    let design = checkout();
    let options = SceneOptions {
        folded: vec!["zones a, b".to_owned()],
        ..SceneOptions::default()
    };
    let scene = Scene::of(&design, &options);
    assert!(scene.groups()[0].folded);
    assert_eq!(scene.nodes()[2].folded_into, Some(0));
    assert_eq!(scene.hit(scene.nodes()[3].rect.origin()), Owner::Group(0));
    // Wires inside are not drawn.
    assert!(scene.wires()[2].path.is_empty());
    insta::assert_snapshot!(drawn(&scene, &Look::default()), @r"
      before the sale
    
    
    ╭──────────────╮    ╭──────────────╮    ╭──────────────╮
    │ shoppers     │    │ edge         │    │ zones a, b   │
    │ 120/s        ├───►│ 2 choices    ├───►│ 5 nodes      │
    │              │    │              │    │ folded       │
    ╰──────────────╯    ╰──────────────╯    ╰──────────────╯
    ");
}

#[test]
fn a_moved_box_takes_its_wires_and_its_frame_along() {
    let scene = scene_at(&checkout(), Zoom::Card);
    let mailer = scene.node_index("mailer").expect("it is there");
    let to = scene.nodes()[mailer].rect.origin().moved(6, 5);
    let moved = scene.moved(&[(mailer, to), (99, to)]);
    assert_eq!(moved.nodes()[mailer].rect.origin(), to);
    assert!(moved.groups()[0].rect.encloses(moved.nodes()[mailer].rect));
    let wire = moved
        .wire_index("mailer -> order-events")
        .expect("it is there");
    assert_eq!(
        moved.wires()[wire].path.end().map(|end| end.x),
        Some(to.x - 1)
    );
    // All other wires stay.
    assert_eq!(moved.wires()[0], scene.wires()[0]);
    assert_eq!(moved.wires()[3], scene.wires()[3]);
    assert_eq!(scene.moved(&[]), scene);
    assert_eq!(scene.again(&checkout(), scene.options()), scene);
}

#[test]
fn places_of_the_document_are_kept_at_every_zoom() {
    let design = design(
        r#"(format: 1, nodes: {
            "users": Client(traffic: [(to: "api", rate: "1/s")]),
            "api": Service(to: ["db", "cache"]),
            "db": Database(),
            "cache": Cache(),
        }, canvas: {"users": (0, 0), "api": (30, 10), "db": (60, 10)})"#,
    );
    let scene = scene_at(&design, Zoom::Card);
    let origins: Vec<Point> = scene
        .nodes()
        .iter()
        .map(|node| node.rect.origin())
        .collect();
    assert_eq!(
        origins[..3],
        [Point::new(0, 0), Point::new(30, 10), Point::new(60, 10)]
    );
    for zoom in crate::layout::boxes::ZOOMS {
        let nodes = scene_at(&design, zoom).nodes().to_vec();
        assert!(nodes[0].rect.right() < nodes[1].rect.x);
        assert!(nodes[1].rect.right() < nodes[2].rect.x);
        assert!(nodes[0].rect.bottom() < nodes[1].rect.y);
        let apart = |a: usize, b: usize| !nodes[a].rect.overlaps(nodes[b].rect);
        assert!(apart(2, 3) && apart(1, 3) && apart(0, 3));
    }
    let automatic = SceneOptions {
        automatic: true,
        ..SceneOptions::default()
    };
    assert_ne!(Scene::of(&design, &automatic).nodes()[1].rect.x, 30);
}

#[test]
fn the_minimap_shows_boxes_and_the_view() {
    let scene = scene_at(&checkout(), Zoom::Card);
    let view = Rect::new(scene.bounds().x, scene.bounds().y, 30, 8);
    let map = scene.minimap(Size::new(24, 6), view);
    let glyph = |cell: &MinimapCell| match (cell.upper, cell.lower, cell.in_view) {
        (true, true, _) => '█',
        (true, false, _) => '▀',
        (false, true, _) => '▄',
        (false, false, true) => '·',
        (false, false, false) => ' ',
    };
    let rows: Vec<String> = map
        .rows()
        .map(|row| row.iter().map(glyph).collect())
        .collect();
    insta::assert_snapshot!(rows.join("\n"), @r"
    ·······                 
    ·······        ████     
    ▄▄▄▄▄▄▄▄▄▄▄▄▄▄ ████     
    ██████████████ ████     
                   █████████
                   ▀▀▀▀▀▀▀▀▀
    ");
    assert!(scene.bounds().contains(map.world_at(23, 5)));
    assert_eq!(scene.minimap(Size::new(0, -4), view).rows().count(), 0);
}

#[test]
fn what_is_selected_is_heavy_and_the_rest_dim() {
    let scene = scene_at(&checkout(), Zoom::Compact);
    let api = scene.node_index("api").expect("it is there");
    let wire = scene.wire_index("api -> orders-db").expect("it is there");
    let selected = [Owner::Node(api), Owner::Wire(wire)];
    let look = Look {
        selected: &selected,
        dim_others: true,
        failed_wires: &[0],
        traffic: &[(wire, 2)],
        ..Look::default()
    };
    insta::assert_snapshot!(drawn(&scene, &look), @r"
      before the sale
    
    
                                ╭─ zones a, b ──────────────────────────────────────╮
                                │                 ╭───────╮                         │
                                │             ╭──►│ cache │                         │
                                │             │   ╰───────╯                         │
                                │             │                                     │
    ╭──────────╮    ╭──────╮    │ ┏━━━━━━━━┓  │   ╭───────────╮                     │
    │ shoppers ├──✗►│ edge ├─────►┃ api ×4 ┠━━•┯━►│ orders-db │                     │
    ╰──────────╯    ╰──────╯    │ ┗━━━━━━━━┛   ┆  ╰───────────╯                     │
                                │              ┆                                    │
                                │              ┆  ╭──────────────╮    ╭───────────╮ │
                                │              ╰╌►│ order-events ├╌╌╌►│ mailer ×2 │ │
                                │                 ╰──────────────╯    ╰───────────╯ │
                                ╰───────────────────────────────────────────────────╯
    ");
    let picture = scene.paint(scene.bounds(), &look);
    let role = |at: Point| picture.get(at).map(|cell| cell.role);
    let rect = scene.nodes()[api].rect;
    assert_eq!(role(rect.origin()), Some(Role::Selected));
    assert_eq!(role(scene.nodes()[0].rect.origin()), Some(Role::Dimmed));
    let end = scene.wires()[wire].path.end().expect("it is drawn");
    assert_eq!(role(end), Some(Role::Selected));
}

#[test]
fn figures_of_a_run_stand_in_the_boxes() {
    let scene = scene_at(&checkout(), Zoom::Card);
    let mut figures = vec![None; scene.nodes().len()];
    figures[2] = Some(crate::layout::BoxFigures {
        bar: Some(1.0),
        lines: vec![("412 waiting !".to_owned(), Role::Warning)],
        marks: vec![("slow ×5".to_owned(), Role::Mark)],
        border: Some(Role::Heat(7)),
    });
    let look = Look {
        figures: &figures,
        ..Look::default()
    };
    let rect = scene.nodes()[2].rect;
    insta::assert_snapshot!(scene.paint(rect, &look).text(), @r"
    ╭─ slow ×5 ────╮
    │ api       ×4 │
    │ ▉▉▉▉▉▉▉ 100% ├
    │ 412 waiting… │
    ╰──────────────╯
    ");
    let picture = scene.paint(rect, &look);
    assert_eq!(
        picture.get(rect.origin()).map(|cell| cell.role),
        Some(Role::Heat(7))
    );
}

#[test]
fn the_first_screen() {
    let scene = scene_at(&checkout(), Zoom::Card);
    insta::assert_snapshot!(drawn(&scene, &Look::default()), @r"
      before the sale
    
    
                                            ╭─ zones a, b ──────────────────────────────────────────────────╮
                                            │                                                               │
                                            │                          ╭──────────────╮                     │
                                            │                          │ cache        │                     │
                                            │                      ╭──►│ lru 50k  5m  │                     │
                                            │                      │   │              │                     │
                                            │                      │   ╰──────────────╯                     │
                                            │                      │                                        │
                                            │                      │                                        │
    ╭──────────────╮    ╭──────────────╮    │ ╭──────────────╮     │   ╭──────────────╮                     │
    │ shoppers     │    │ edge         │    │ │ api       ×4 │     │   │ orders-db    │                     │
    │ 120/s        ├───►│ 2 choices    ├─────►│ 32 blocking  ├─────┴┬─►│ 100 conns    │                     │
    │              │    │              │    │ │ order        │      ┆  │ 4 cores      │                     │
    ╰──────────────╯    ╰──────────────╯    │ ╰──────────────╯      ┆  ╰──────────────╯                     │
                                            │                       ┆                                       │
                                            │                       ┆                                       │
                                            │                       ┆  ╭──────────────╮    ╭──────────────╮ │
                                            │                       ┆  │ order-events │    │ mailer    ×2 │ │
                                            │                       ╰╌►│ queue        ├╌╌╌►│ 4 workers    │ │
                                            │                          │ 5 tries, 30s │    │ work 10ms    │ │
                                            │                          ╰──────────────╯    ╰──────────────╯ │
                                            │                                                               │
                                            ╰───────────────────────────────────────────────────────────────╯
    ");
}

#[test]
fn a_tangle_is_still_readable() {
    let scene = scene_at(&tangle(), Zoom::Card);
    insta::assert_snapshot!(drawn(&scene, &Look::default()), @r"
                            ╭──────────────╮
    ╭──────────────╮    ╭──►│ a            │
    │ web          │    │   │ 16 blocking  ├────┬───────────────────────────╮
    │ 18/s         ├────┤ ╭►│ work 1ms     │    │                           │
    │ 2 flows      │    │ │ ╰──────────────╯    │   ╭──────────────╮        │ ╭──────────────╮
    ╰──────────────╯    │ │                     ╰──►│ hub          │        ╰►│ c            │
                        ╰─┼────────────────────────►│ 16 blocking  ├─┬───────►│ 16 blocking  │
                          │                     ╭──►│ work 1ms     │ │      ╭►│ work 1ms     │
    ╭──────────────╮      │ ╭──────────────╮    │   ╰──────────────╯ │      │ ╰──────────────╯
    │ app          │      │ │ b            │    │                    │      │
    │ 9/s          ├──────┼►│ 16 blocking  ├────┴────────────────────┼──────╯
    │              │      │ │ work 1ms     │                         │
    ╰──────────────╯      │ ╰──────────────╯                         │
                          │                                          │
                          ╰──────────────────────────────────────────╯
    
    ╭──────────────╮
    │ spare        │
    │ 16 blocking  │
    │ work 1ms     │
    ╰──────────────╯
    ");
    let scene = scene_at(&tangle(), Zoom::Compact);
    insta::assert_snapshot!(drawn(&scene, &Look::default()), @r"
                   ╭─────╮
               ╭──►│ a   ├──────┬────────────────╮
    ╭─────╮    │ ╭►│     │      │                │
    │ web ├────┤ │ ╰─────╯      │ ╭─────╮        │ ╭─────╮
    ╰─────╯    │ │              ╰►│     │        ╰►│     │
               ╰─┼───────────────►│ hub ├─┬───────►│ c   │
                 │            ╭──►│     │ │      ╭►│     │
    ╭─────╮      │ ╭─────╮    │   ╰─────╯ │      │ ╰─────╯
    │ app ├──────┼►│ b   ├────┤           │      │
    ╰─────╯      │ ╰─────╯    ╰───────────┼──────╯
                 │                        │
                 ╰────────────────────────╯
    ╭───────╮
    │ spare │
    ╰───────╯
    ");
}

#[test]
fn smaller_zooms_and_plain_characters() {
    let design = checkout();
    insta::assert_snapshot!(picture::text(&design, 90, Charset::Unicode), @r"
      before the sale
    
    
                                ╭─ zones a, b ──────────────────────────────────────╮
                                │                 ╭───────╮                         │
                                │             ╭──►│ cache │                         │
                                │             │   ╰───────╯                         │
                                │             │                                     │
    ╭──────────╮    ╭──────╮    │ ╭────────╮  │   ╭───────────╮                     │
    │ shoppers ├───►│ edge ├─────►│ api ×4 ├──┴┬─►│ orders-db │                     │
    ╰──────────╯    ╰──────╯    │ ╰────────╯   ┆  ╰───────────╯                     │
                                │              ┆                                    │
                                │              ┆  ╭──────────────╮    ╭───────────╮ │
                                │              ╰╌►│ order-events ├╌╌╌►│ mailer ×2 │ │
                                │                 ╰──────────────╯    ╰───────────╯ │
                                ╰───────────────────────────────────────────────────╯
    ");
    insta::assert_snapshot!(picture::text(&design, 90, Charset::Ascii), @r"
      before the sale
    
    
                                +- zones a, b --------------------------------------+
                                |                 +-------+                         |
                                |             +-->| cache |                         |
                                |             |   +-------+                         |
                                |             |                                     |
    +----------+    +------+    | +--------+  |   +-----------+                     |
    | shoppers +--->| edge +----->| api x4 +--++->| orders-db |                     |
    +----------+    +------+    | +--------+   :  +-----------+                     |
                                |              :                                    |
                                |              :  +--------------+    +-----------+ |
                                |              +.>| order-events +...>| mailer x2 | |
                                |                 +--------------+    +-----------+ |
                                +---------------------------------------------------+
    ");
    insta::assert_snapshot!(picture::text(&design, 64, Charset::Unicode), @r"
      before the sale
    
    
                      ╭►■■
                      │
    ■■───►■■───►■■───┬┴►■■
                     ┆
                     ╰╌►■■╌╌╌►■■
    ");
    insta::assert_snapshot!(picture::text(&design, 40, Charset::Unicode), @r"
      before the sale
    
    
                      ╭►■■
                      │
    ■■───►■■───►■■───┬┴►■■
                     ┆
                     ╰╌►■■╌╌╌►■■
    ");
    assert!(
        picture::text(&design, 3, Charset::Unicode)
            .lines()
            .all(|line| line.chars().count() <= 3)
    );
}

#[test]
fn every_scenario_is_drawn_without_a_fallback_at_every_zoom() {
    for (name, design) in scenarios() {
        for zoom in crate::layout::boxes::ZOOMS {
            let scene = scene_at(&design, zoom);
            for wire in scene.wires() {
                let path = &wire.path;
                assert!(
                    !path.is_empty() && !path.is_fallback(),
                    "{name}: {} at {zoom:?}",
                    wire.name
                );
            }
        }
    }
}

/// Prints how long the largest benchmark design takes, from the document to a screen.
#[test]
#[ignore = "measures time"]
#[expect(clippy::disallowed_methods, reason = "measuring is what it is for")]
#[expect(clippy::print_stderr, reason = "measuring is what it is for")]
fn how_long_the_largest_design_takes() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/bench/mesh500.ron");
    let design = load(&path, &LoadOptions::default())
        .expect("it loads")
        .design;
    for zoom in crate::layout::boxes::ZOOMS {
        let began = std::time::Instant::now();
        let scene = scene_at(&design, zoom);
        let made = began.elapsed();
        let began = std::time::Instant::now();
        let picture = scene.paint(
            Rect::at(scene.bounds().origin(), Size::new(200, 60)),
            &Look::default(),
        );
        let painted = began.elapsed();
        let without = scene
            .wires()
            .iter()
            .filter(|wire| wire.path.is_fallback())
            .count();
        let wires = scene.wires().len();
        eprintln!(
            "{zoom:?}: {made:?}, 200 × 60 painted in {painted:?}; {without} of {wires} by the fallback"
        );
        assert_eq!(picture.area().width, 200);
    }
}
