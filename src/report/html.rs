//! A document as one HTML file: no script, nothing from elsewhere, light and dark by itself, and
//! made for paper as well.

use super::chart;
use super::document::{Block, Card, Document, Figure, Row, Table, Text, Tone};
use super::escape::markup;
use crate::layout::picture::svg::{PALETTE, STYLE};

/// The style of the page.
const PAGE: &str = "\
*{box-sizing:border-box}html{-webkit-text-size-adjust:100%}\
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif}\
main{max-width:1160px;margin:0 auto;padding:32px 20px 64px}\
h1{font-size:28px;line-height:1.2;margin:0 0 8px;overflow-wrap:anywhere}h2{font-size:20px;margin:44px 0 12px;padding-top:14px;border-top:1px solid var(--line)}\
h3{font-size:15.5px;margin:26px 0 8px;overflow-wrap:anywhere}p{margin:8px 0;max-width:76ch;overflow-wrap:anywhere}header p{margin:4px 0}\
nav{display:flex;flex-wrap:wrap;gap:4px 16px;margin:16px 0 0;font-size:13.5px}a{color:var(--accent);text-decoration:none}a:hover{text-decoration:underline}\
.dim{color:var(--muted)}.good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}.strong{font-weight:600}\
code,pre{font:12.5px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace}\
code{background:var(--panel);border:1px solid var(--line);border-radius:4px;padding:1px 5px;overflow-wrap:anywhere}\
pre{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:12px 14px;overflow-x:auto;margin:10px 0}\
ul{margin:8px 0;padding-left:22px;max-width:86ch}li{margin:5px 0;overflow-wrap:anywhere}\
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:12px;margin:14px 0 6px}\
.card{background:var(--panel);border:1px solid var(--line);border-radius:10px;padding:12px 14px;min-width:0}\
.card .label{font-size:12.5px;color:var(--muted)}.card .value{font-size:23px;font-weight:650;line-height:1.3;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}\
.card .note{font-size:12px;color:var(--muted)}\
.scroll{overflow-x:auto;margin:12px 0}table{border-collapse:collapse;font-size:13.5px;font-variant-numeric:tabular-nums;min-width:100%}\
caption{text-align:left;font-weight:600;font-size:14px;padding:10px 0 4px}\
th,td{text-align:left;padding:6px 12px 6px 0;border-bottom:1px solid var(--line);vertical-align:top}\
th{font-weight:600;white-space:nowrap}thead th{color:var(--muted);font-size:12.5px}tbody th{font-weight:inherit}\
.n{text-align:right;white-space:nowrap}.aside{color:var(--muted);font-size:12px}.n .aside{display:block;font-size:11.5px;line-height:1.3;white-space:normal}tr.group th{padding-top:14px;font-weight:600}\
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,340px),1fr));gap:14px;margin:12px 0}\
.beside{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:6px 22px;align-items:start;margin:12px 0}.beside>.scroll{margin:0}\
figure{margin:0;border:1px solid var(--line);border-radius:10px;padding:12px;min-width:0;overflow-x:auto;background:var(--ground)}\
figure.wide{grid-column:1/-1}figure .dw{display:block;max-width:100%;height:auto;margin:0 auto}figcaption{font-size:12.5px;margin-top:8px}\
details{margin:10px 0}summary{cursor:pointer;color:var(--accent);font-size:14px}\
footer{margin-top:48px;font-size:12.5px;color:var(--muted)}\
@media (max-width:700px){main{padding:20px 14px 40px}h1{font-size:23px}figure .dw{max-width:none}}\
@media print{@page{margin:14mm}body{font-size:10.5pt}main{max-width:none;padding:0}nav,details{display:none}\
.figures{grid-template-columns:1fr 1fr}.ch{min-width:0}figure,.card,tr{break-inside:avoid}h2,h3{break-after:avoid}\
.scroll,figure{overflow:visible}table{font-size:8.5pt}th,td{padding:3px 6px 3px 0}figure .dw{max-width:100%}}";

/// On paper everything is dark on white, whatever the screen shows.
const PAPER: &str = "@media print{:root{color-scheme:light;--ground:#fff;--panel:#f6f8fa;--ink:#1f2328;--muted:#59636e;\
--line:#d8dee4;--edge:#818b98;--good:#1a7f37;--bad:#cf222e;--warn:#9a6700;--accent:#0969da;\
--s1:#0969da;--s2:#bc4c00;--s3:#1a7f37;--s4:#8250df;--s5:#bf3989;--s6:#6e7781;--s7:#0f766e;--s8:#a40e26}\
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}";

/// The whole file.
pub(super) fn page(document: &Document) -> String {
    let title = markup(&document.title);
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"generator\" content=\"buttress\">\n\
         <title>{title}</title>\n<style>{PALETTE}{PAGE}{STYLE}{}{PAPER}</style>\n</head>\n<body>\n<main>\n\
         <header>\n<h1>{title}</h1>\n",
        chart::STYLE
    );
    for line in &document.subtitle {
        html.push_str(&format!("<p>{}</p>\n", text(line)));
    }
    let links = document.sections.iter().map(|section| {
        format!(
            "<a href=\"#{}\">{}</a>\n",
            section.id,
            markup(section.title)
        )
    });
    html.push_str(&format!(
        "<nav aria-label=\"sections\">\n{}</nav>\n</header>\n",
        links.collect::<String>()
    ));
    for section in &document.sections {
        html.push_str(&format!(
            "<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{}</h2>\n{}</section>\n",
            markup(section.title),
            blocks(&section.blocks),
            id = section.id,
        ));
    }
    html.push_str("<footer>Made by buttress. Every figure is simulated.</footer>\n</main>\n</body>\n</html>\n");
    html
}

fn blocks(blocks: &[Block]) -> String {
    blocks.iter().map(block).collect()
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading(heading) => format!("<h3>{}</h3>\n", text(heading)),
        Block::Paragraph(paragraph) => format!("<p>{}</p>\n", text(paragraph)),
        Block::List(entries) => {
            let entries = entries
                .iter()
                .map(|entry| format!("<li>{}</li>\n", text(entry)));
            format!("<ul>\n{}</ul>\n", entries.collect::<String>())
        }
        Block::Table(of) => table(of),
        Block::Cards(all) => {
            let cards: String = all.iter().map(card).collect();
            format!("<div class=\"cards\">\n{cards}</div>\n")
        }
        Block::Figures(all) => {
            let figures: String = all.iter().map(figure).collect();
            format!("<div class=\"figures\">\n{figures}</div>\n")
        }
        Block::Beside(one, of) => {
            format!(
                "<div class=\"beside\">\n{}{}</div>\n",
                figure(one),
                table(of)
            )
        }
        Block::Code(lines) => format!("<pre tabindex=\"0\">{}</pre>\n", markup(lines)),
        Block::Details(summary, inside) => format!(
            "<details>\n<summary>{}</summary>\n{}</details>\n",
            markup(summary),
            blocks(inside)
        ),
    }
}

fn card(card: &Card) -> String {
    let note = match card.note.as_str() {
        "" => String::new(),
        note => format!("<div class=\"note\">{}</div>", markup(note)),
    };
    format!(
        "<div class=\"card\"><div class=\"label\">{}</div><div class=\"value {}\">{}</div>{note}</div>\n",
        markup(&card.label),
        class(card.tone),
        markup(&card.value)
    )
}

fn figure(figure: &Figure) -> String {
    let wide = if figure.wide { " class=\"wide\"" } else { "" };
    let caption = if figure.caption.0.is_empty() {
        String::new()
    } else {
        format!("<figcaption>{}</figcaption>\n", text(&figure.caption))
    };
    format!("<figure{wide}>\n{}{caption}</figure>\n", figure.svg)
}

fn table(table: &Table) -> String {
    let label = markup(&table.caption);
    let caption = if table.captioned {
        format!("<caption>{label}</caption>\n")
    } else {
        String::new()
    };
    let mut html = format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{label}\">\n<table>\n{caption}<thead>\n<tr>"
    );
    let side = |figures: bool| if figures { " class=\"n\"" } else { "" };
    for column in &table.columns {
        let title = markup(&column.title);
        html.push_str(&format!(
            "<th scope=\"col\"{}>{title}</th>",
            side(column.figures)
        ));
    }
    html.push_str("</tr>\n</thead>\n<tbody>\n");
    for row in &table.rows {
        match row {
            Row::Group(heading) => html.push_str(&format!(
                "<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"{}\">{}</th></tr>\n",
                table.columns.len(),
                text(heading)
            )),
            Row::Cells(cells) => {
                html.push_str("<tr>");
                for (at, column) in table.columns.iter().enumerate() {
                    let cell = cells.get(at).map(text).unwrap_or_default();
                    let side = side(column.figures);
                    html.push_str(&if at == 0 {
                        format!("<th scope=\"row\"{side}>{cell}</th>")
                    } else {
                        format!("<td{side}>{cell}</td>")
                    });
                }
                html.push_str("</tr>\n");
            }
        }
    }
    html.push_str("</tbody>\n</table>\n</div>\n");
    html
}

fn text(text: &Text) -> String {
    let piece = |piece: &super::document::Piece| {
        let safe = markup(&piece.text);
        match piece.tone {
            Tone::Plain => safe,
            Tone::Code => format!("<code>{safe}</code>"),
            tone => format!("<span class=\"{}\">{safe}</span>", class(tone)),
        }
    };
    text.0.iter().map(piece).collect()
}

fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain | Tone::Code => "plain",
        Tone::Strong => "strong",
        Tone::Dim => "dim",
        Tone::Aside => "aside",
        Tone::Good => "good",
        Tone::Bad => "bad",
        Tone::Warn => "warn",
    }
}
