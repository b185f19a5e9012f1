//! The one list of actions: what each is called, what it does, its keys, where it can be used, and
//! whether it can be used now. Footer, help, palette, the popup after a prefix and `docs/keys.md`
//! are made from this list, so none of them can say what is not so.

use super::app::{App, Mode, Screen, Tab};

/// Where keys mean something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Context {
    /// Everywhere but in layers that take all keys.
    Global,
    /// On the canvas.
    Canvas,
    /// While things are being moved.
    Moving,
    /// While a label is being chosen.
    Labels,
    /// While a rectangle is drawn around things.
    Boxing,
    /// Beside a run.
    Live,
    /// In the explanation.
    Explain,
    /// In the inspector.
    Inspector,
    /// In the gallery.
    Gallery,
    /// In a list that is searched by typing.
    Choosing,
    /// In a line of text.
    Typing,
    /// In the list of all keys.
    Reading,
}

impl Context {
    /// What it is called in the list of keys.
    pub fn title(self) -> &'static str {
        match self {
            Context::Global => "Everywhere",
            Context::Canvas => "Canvas",
            Context::Moving => "While moving",
            Context::Labels => "While labels are shown",
            Context::Boxing => "While selecting with a box",
            Context::Live => "Live run",
            Context::Explain => "Explanation",
            Context::Inspector => "Inspector",
            Context::Gallery => "Gallery",
            Context::Choosing => "In a list",
            Context::Typing => "In a line of text",
            Context::Reading => "In the list of keys",
        }
    }

    /// All of them, in the order of the list of keys.
    pub const ALL: [Context; 12] = [
        Context::Global,
        Context::Canvas,
        Context::Moving,
        Context::Labels,
        Context::Live,
        Context::Explain,
        Context::Boxing,
        Context::Inspector,
        Context::Gallery,
        Context::Choosing,
        Context::Typing,
        Context::Reading,
    ];
}

/// What an action says about itself.
#[derive(Debug)]
pub struct Info {
    /// The action.
    pub action: Action,
    /// Its name for scripts and tests: `node.add`.
    pub id: &'static str,
    /// Its name for people, as a verb: "Add a node".
    pub title: &'static str,
    /// One word for the footer; empty if it is not shown there.
    pub hint: &'static str,
    /// What it does, in one sentence.
    pub help: &'static str,
    /// Its keys; the first is shown in hints.
    pub keys: &'static [&'static str],
    /// Where they mean it.
    pub contexts: &'static [Context],
}

macro_rules! actions {
    ($($action:ident $id:literal $title:literal $hint:literal [$($key:literal),*] [$($context:ident),*] $help:literal;)*) => {
        /// Everything that can be done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Action { $( #[doc = $help] $action ),* }

        /// All actions, in the order of the list of keys.
        pub const ACTIONS: &[Info] = &[$(
            Info {
                action: Action::$action,
                id: $id,
                title: $title,
                hint: $hint,
                help: $help,
                keys: &[$($key),*],
                contexts: &[$(Context::$context),*],
            }
        ),*];
    };
}

actions! {
    Add "node.add" "Add a node" "add" ["a"] [Canvas]
        "Opens the list of kinds and catalogue components; the chosen one is placed, and wired from the selected node.";
    Wire "wire.add" "Draw a wire" "wire" ["w"] [Canvas]
        "Shows a label on every node: type it to wire the selected node to that one.";
    Move "node.move" "Move" "move" ["m"] [Canvas]
        "Moves what is selected with the arrow keys; enter puts it down, esc brings it back.";
    Edit "inspect" "Edit in the inspector" "edit" ["enter"] [Canvas]
        "Goes to the fields of what is selected, or of the whole design.";
    Undo "undo" "Undo" "undo" ["u"] [Canvas, Inspector]
        "Takes the last edit back. There is no end to it.";
    Redo "redo" "Redo" "" ["U", "ctrl-r"] [Canvas, Inspector]
        "Makes the edit again that was undone last.";
    Delete "delete" "Delete" "delete" ["d", "delete"] [Canvas]
        "Removes what is selected, and the steps, traffic and faults that need it.";
    Group "group" "Group as a zone" "group" ["g"] [Canvas]
        "Draws a named frame around the selected nodes.";
    Rename "rename" "Rename" "" ["r"] [Canvas]
        "Gives the selected node another name, everywhere in the design.";
    Save "file.save" "Save" "save" ["ctrl-s"] [Global]
        "Writes the design to its file. Comments and order of the file stay as they are.";
    Palette "palette" "All commands" "commands" [":", "ctrl-p"] [Global]
        "Finds any command by a few letters of its name.";
    Keys "keys" "All keys" "all keys" ["?"] [Global]
        "Shows every key that means something, by place.";
    Jump "jump" "Jump to a node" "" ["s"] [Canvas]
        "Shows a label on every node: type it to select that one.";
    Search "search" "Search for a node" "" ["/"] [Canvas]
        "Finds a node by a few letters of its name and brings it into view.";
    Left "select.left" "Select the node to the left" "" ["left", "h"] [Canvas]
        "Selects the nearest node to the left.";
    Down "select.down" "Select the node below" "" ["down", "j"] [Canvas]
        "Selects the nearest node below.";
    Up "select.up" "Select the node above" "" ["up", "k"] [Canvas]
        "Selects the nearest node above.";
    Right "select.right" "Select the node to the right" "" ["right", "l"] [Canvas]
        "Selects the nearest node to the right.";
    Next "select.next" "Select the next thing" "" ["tab"] [Canvas]
        "Selects the next node in the order of the file, then the wires.";
    Previous "select.previous" "Select the previous thing" "" ["backtab"] [Canvas]
        "Selects the thing before.";
    SelectWire "select.wire" "Select a wire of the node" "" ["x"] [Canvas]
        "Selects one wire of the selected node after the other.";
    SelectMore "select.more" "Select several" "" ["v"] [Canvas]
        "The arrow keys add to the selection until it is pressed again.";
    SelectAll "select.all" "Select everything" "" ["ctrl-a"] [Canvas]
        "Selects every node.";
    SelectBox "select.box" "Select with a box" "" ["V"] [Canvas]
        "Draws a rectangle with the arrow keys; everything inside is selected.";
    Copy "copy" "Copy" "" ["y", "ctrl-c"] [Canvas]
        "Copies the selected nodes with the wires between them, also to the clipboard of the terminal.";
    Cut "cut" "Cut" "" ["D"] [Canvas]
        "Copies the selected nodes and removes them.";
    Paste "paste" "Paste" "" ["p"] [Canvas]
        "Adds what was copied, under names that are free.";
    Duplicate "duplicate" "Duplicate" "" ["+"] [Canvas]
        "Adds a copy of the selected nodes beside them.";
    AlignLeft "align.left" "Align left edges" "" ["= l"] [Canvas]
        "Moves the selected nodes so that their left edges stand in a column.";
    AlignTop "align.top" "Align top edges" "" ["= t"] [Canvas]
        "Moves the selected nodes so that their top edges stand in a row.";
    SpreadRow "align.row" "Spread evenly in a row" "" ["= h"] [Canvas]
        "Gives the selected nodes equal gaps from left to right.";
    SpreadColumn "align.column" "Spread evenly in a column" "" ["= v"] [Canvas]
        "Gives the selected nodes equal gaps from top to bottom.";
    Layout "layout" "Lay everything out" "" ["= a"] [Canvas]
        "Forgets all places by hand and arranges the whole design, as one step that can be undone.";
    Ungroup "ungroup" "Dissolve the group" "" ["G"] [Canvas]
        "Removes the frame around the selected node; the nodes stay.";
    Fold "fold" "Fold or unfold the group" "" ["z"] [Canvas]
        "Draws the group of the selected node as one box, or opens it again.";
    FoldAround "fold.around" "Fold the group around" "" ["Z"] [Canvas]
        "Draws the group around that of the selected node as one box: groups can be in groups.";
    Note "note" "Write a note" "" ["N"] [Canvas]
        "Puts a line of free text on the canvas.";
    PanLeft "pan.left" "Pan left" "" ["shift-left", "H"] [Canvas]
        "Moves the view to the left.";
    PanDown "pan.down" "Pan down" "" ["shift-down", "J", "pagedown"] [Canvas]
        "Moves the view down.";
    PanUp "pan.up" "Pan up" "" ["shift-up", "K", "pageup"] [Canvas]
        "Moves the view up.";
    PanRight "pan.right" "Pan right" "" ["shift-right", "L"] [Canvas]
        "Moves the view to the right.";
    ZoomIn "zoom.in" "Show more in each box" "" ["]"] [Canvas]
        "From overview over chips and compact boxes to cards.";
    ZoomOut "zoom.out" "Show less in each box" "" ["["] [Canvas]
        "From cards over compact boxes and chips to the overview.";
    Fit "zoom.fit" "Bring everything into view" "" ["0", "home"] [Canvas]
        "Centres the design, with the largest boxes that fit.";
    Minimap "minimap" "Show or hide the map" "" ["M"] [Canvas]
        "A small map of the whole design in the corner; a click on it goes there.";
    Problems "problems" "What is wrong" "" ["!"] [Canvas, Inspector]
        "Lists everything that is wrong or doubtful; enter goes there.";
    Faults "faults" "Timeline of faults" "" ["F"] [Canvas, Inspector]
        "Shows the faults over the time of the run, to move, add and remove.";
    EditFile "file.edit" "Edit the file as text" "" ["e"] [Canvas]
        "Opens the text in $VISUAL or $EDITOR; what is saved there comes back as one edit.";
    SaveAs "file.save_as" "Save as" "" ["ctrl-w"] [Global]
        "Writes the design to another file.";
    Open "file.open" "Open a file" "" ["ctrl-o"] [Global]
        "Opens a design by its path, with completion.";
    Gallery "gallery" "Gallery" "" [] [Global]
        "Recent files, lessons and templates.";
    Reload "file.reload" "Read the file again" "" [] [Global]
        "Takes over what the file on disk says, as one edit that can be undone.";
    Theme "theme" "Next theme" "" ["T"] [Canvas, Gallery]
        "Dark, light, high contrast, no colour.";
    Ascii "ascii" "Switch between Unicode and ASCII" "" [] [Global]
        "For terminals and fonts without box drawing.";
    Picture "picture" "Save the screen as SVG" "" [] [Global]
        "Writes what is on screen to a file beside the design.";
    Run "live.run" "Run, or pause" "run" ["space"] [Canvas, Live]
        "Runs the design beside the canvas, pauses it, and goes on.";
    Fault "live.fault" "Make a fault" "fault" ["f"] [Canvas, Live]
        "Breaks the selected node, wire or zone while the design runs, or mends it again.";
    Design "tab.design" "Design" "" ["1"] [Canvas, Inspector, Live, Explain]
        "The canvas, to draw on.";
    Live "tab.live" "Live" "" ["2"] [Canvas, Inspector, Live, Explain]
        "The running design, with its figures.";
    Explain "tab.explain" "Explain" "" ["3"] [Canvas, Inspector, Live, Explain]
        "Why the simulated answer is what it is: where the time goes, one request, what fills first.";
    Suspend "suspend" "Suspend" "" ["ctrl-z"] [Global]
        "Goes back to the shell; `fg` returns.";
    Quit "quit" "Quit" "quit" ["q"] [Canvas, Gallery]
        "Leaves the program; asks if something is not saved.";
    QuitAnywhere "quit.anywhere" "Quit from anywhere" "" ["ctrl-q"] [Global]
        "Leaves the program from wherever it is; asks if something is not saved.";
    Back "back" "Back" "" ["esc"] [Canvas]
        "Goes back one level. Nothing is lost.";

    Slower "live.slower" "Slower" "slower" [","] [Live] "Less simulated time in a second.";
    Faster "live.faster" "Faster" "faster" ["."] [Live] "More simulated time in a second.";
    StepBack "live.back" "Back a second" "rewind" ["left"] [Live] "Goes back by one simulated second and stands still.";
    StepOn "live.on" "On a second" "step" ["right"] [Live] "Goes on by one simulated second and stands still.";
    StepFarBack "live.far_back" "Back a tenth of the run" "" ["shift-left"] [Live] "Goes back by a tenth of the run.";
    StepFarOn "live.far_on" "On a tenth of the run" "" ["shift-right"] [Live] "Goes on by a tenth of the run.";
    StepEvent "live.event" "One event" "" ["n"] [Live] "Goes on to the next moment at which something happens.";
    Restart "live.restart" "Start again" "restart" ["R", "home"] [Live] "Goes back to the beginning of the run.";
    Branch "live.branch" "Branch here" "branch" ["b"] [Live] "Forgets what comes after this moment, so that another course can begin.";
    Record "live.record" "Save what was done by hand" "record" ["S"] [Live] "Writes the faults made by hand into the design, where they replay exactly.";
    LiveLeft "live.left" "Select to the left" "" ["h"] [Live] "Selects the nearest node to the left.";
    LiveDown "live.down" "Select below" "" ["j", "down"] [Live] "Selects the nearest node below.";
    LiveUp "live.up" "Select above" "" ["k", "up"] [Live] "Selects the nearest node above.";
    LiveRight "live.right" "Select to the right" "" ["l"] [Live] "Selects the nearest node to the right.";
    LiveNext "live.next" "Select the next thing" "" ["tab"] [Live] "Selects the next node, then the wires.";
    LiveEdit "live.edit" "Edit while it runs" "edit" ["e", "enter"] [Live] "Opens the fields of what is selected; a change takes effect at this simulated moment.";
    LiveQuit "live.leave" "Back to the design" "design" ["esc", "q"] [Live] "Goes back to the canvas; the run goes on.";

    ExplainPage "explain.page" "Next page" "next page" ["tab", "right", "l"] [Explain] "Where the time went, one request, headroom.";
    ExplainPageBack "explain.page_back" "Page before" "" ["backtab", "left", "h"] [Explain] "The page before.";
    ExplainDown "explain.down" "Down" "" ["down", "j"] [Explain] "The line below.";
    ExplainUp "explain.up" "Up" "" ["up", "k"] [Explain] "The line above.";
    ExplainEndpoint "explain.endpoint" "Next endpoint" "endpoint" ["e"] [Explain] "The explanation of another endpoint.";
    ExplainTrace "explain.trace" "Next request" "request" ["t"] [Explain] "A request in the middle, or one of the slowest.";
    ExplainFinding "explain.finding" "Next finding" "finding" ["n"] [Explain] "The next sentence about the run.";
    ExplainGo "explain.go" "Show it on the canvas" "show" ["enter"] [Explain] "Selects what the chosen line is about.";
    ExplainLeave "explain.leave" "Back to the design" "design" ["esc", "q"] [Explain] "Goes back to the canvas.";

    MoveLeft "move.left" "Left" "" ["left", "h"] [Moving, Boxing] "One cell to the left.";
    MoveDown "move.down" "Down" "" ["down", "j"] [Moving, Boxing] "One cell down.";
    MoveUp "move.up" "Up" "" ["up", "k"] [Moving, Boxing] "One cell up.";
    MoveRight "move.right" "Right" "" ["right", "l"] [Moving, Boxing] "One cell to the right.";
    MoveFarLeft "move.far_left" "Far left" "" ["shift-left", "H"] [Moving, Boxing] "Eight cells to the left.";
    MoveFarDown "move.far_down" "Far down" "" ["shift-down", "J"] [Moving, Boxing] "Four cells down.";
    MoveFarUp "move.far_up" "Far up" "" ["shift-up", "K"] [Moving, Boxing] "Four cells up.";
    MoveFarRight "move.far_right" "Far right" "" ["shift-right", "L"] [Moving, Boxing] "Eight cells to the right.";
    Put "move.put" "Put down" "put down" ["enter", "space", "m", "V"] [Moving, Boxing] "Leaves things where they are now, or selects what is in the box.";
    Cancel "cancel" "Leave as it was" "leave as it was" ["esc", "ctrl-c"] [Moving, Boxing, Labels] "Goes back without a change.";

    FieldDown "field.down" "Next field" "" ["down", "j", "tab"] [Inspector] "The field below.";
    FieldUp "field.up" "Previous field" "" ["up", "k", "backtab"] [Inspector] "The field above.";
    FieldEdit "field.edit" "Change the field" "change" ["enter", "space"] [Inspector] "Type a value, choose one, switch it, or open what is inside.";
    FieldOpen "field.open" "Open" "open" ["right", "l"] [Inspector] "Shows what is inside of the field.";
    FieldClose "field.close" "Close" "close" ["left", "h"] [Inspector] "Hides it again, or goes to what is around.";
    FieldDefault "field.default" "Back to the default" "default" ["d", "delete"] [Inspector] "Takes the value out of the file; its default holds, or the item is gone.";
    FieldMenu "field.menu" "Choose a form" "forms" ["o"] [Inspector] "Lists the forms that the value can have, such as distributions.";
    FieldRename "field.rename" "Rename the entry" "" ["r"] [Inspector] "Gives the entry of a list of names another name.";
    FaultEarlier "fault.earlier" "Fault earlier" "earlier" [","] [Inspector] "The chosen fault begins a step earlier and lasts as long.";
    FaultLater "fault.later" "Fault later" "later" ["."] [Inspector] "The chosen fault begins a step later and lasts as long.";
    FaultShorter "fault.shorter" "Fault shorter" "shorter" ["<"] [Inspector] "The chosen fault ends a step earlier.";
    FaultLonger "fault.longer" "Fault longer" "longer" [">"] [Inspector] "The chosen fault ends a step later.";
    InspectorDesign "field.design" "The whole design" "whole design" ["D"] [Inspector] "Shows the fields of the design itself: faults, objectives, variants, run.";
    InspectorBack "field.back" "Back to the canvas" "canvas" ["esc"] [Inspector] "Goes back to the canvas.";

    GalleryDown "gallery.down" "Next" "" ["down", "j"] [Gallery] "The entry below.";
    GalleryUp "gallery.up" "Previous" "" ["up", "k"] [Gallery] "The entry above.";
    GalleryOpen "gallery.open" "Open" "open" ["enter", "l", "right"] [Gallery] "Opens the chosen entry on the canvas.";
    GallerySearch "gallery.search" "Search" "search" ["/"] [Gallery] "Finds an entry by a few letters.";
    GalleryNew "gallery.new" "Blank canvas" "new" ["n"] [Gallery] "Starts with nothing.";
    GalleryTemplate "gallery.template" "From a template" "template" ["t"] [Gallery] "Starts with one of the templates.";
    GalleryFile "gallery.file" "Open a file" "open a file" ["o"] [Gallery] "Opens a design by its path, with completion.";
    GalleryBack "gallery.back" "Back to the canvas" "" ["esc"] [Gallery] "Goes back to the design that is open.";

    ListDown "list.down" "Next" "" ["down", "ctrl-n"] [Choosing] "The entry below.";
    ListUp "list.up" "Previous" "" ["up", "ctrl-k"] [Choosing] "The entry above.";
    ListPageDown "list.page_down" "Further down" "" ["pagedown"] [Choosing] "Ten entries down.";
    ListPageUp "list.page_up" "Further up" "" ["pageup"] [Choosing] "Ten entries up.";
    ListAccept "list.accept" "Choose" "choose" ["enter"] [Choosing] "Takes the chosen entry.";
    ListOther "list.other" "Switch" "" ["tab"] [Choosing] "Completes a path; with a new node, whether it is wired from the selected one.";
    ListCancel "list.cancel" "Close" "close" ["esc", "ctrl-c"] [Choosing] "Closes the list.";

    TextAccept "text.accept" "Done" "done" ["enter"] [Typing] "Takes what was typed.";
    TextMenu "text.menu" "Forms" "" ["down"] [Typing] "Lists the forms that the value can have.";
    TextComplete "text.complete" "Complete" "" ["tab"] [Typing] "Completes a path.";
    TextCancel "text.cancel" "Leave as it was" "leave as it was" ["esc", "ctrl-c"] [Typing] "Closes the line without a change.";

    KeysDown "keys.down" "Down" "scroll" ["down", "j", "space", "pagedown"] [Reading] "Scrolls down.";
    KeysUp "keys.up" "Up" "" ["up", "k", "pageup"] [Reading] "Scrolls up.";
    KeysClose "keys.close" "Close" "close" ["esc", "q", "?", "enter", "ctrl-c"] [Reading] "Closes the list.";
}

impl Action {
    /// What it says about itself.
    pub fn info(self) -> &'static Info {
        // The list is made together with the type, in the same order.
        &ACTIONS[self as usize]
    }

    /// Whether it belongs into the palette: what a person wants to do, not how a list is scrolled.
    pub fn is_command(self) -> bool {
        let contexts = self.info().contexts;
        let of_faults = self.moves_a_fault();
        let of_canvas = contexts
            .iter()
            .any(|context| matches!(context, Context::Global | Context::Canvas));
        of_faults || (of_canvas && self != Action::Back)
    }

    /// Whether it moves the begin or the end of the chosen fault.
    pub fn moves_a_fault(self) -> bool {
        matches!(
            self,
            Action::FaultEarlier | Action::FaultLater | Action::FaultShorter | Action::FaultLonger
        )
    }

    /// What an action about faults needs and there is not.
    fn lacks_a_fault(self, app: &App) -> Option<&'static str> {
        match self {
            Action::Fault if app.live.is_none() => {
                Some("Faults by hand need a run: space starts one.")
            }
            Action::Fault if app.canvas.selection.is_empty() => {
                Some("Nothing is selected. Select the node or wire to break.")
            }
            action if action.moves_a_fault() && super::update::chosen_fault(app).is_none() => {
                Some("No fault of the design is chosen. F shows them.")
            }
            _ => None,
        }
    }

    /// Why it cannot be done now, as a sentence; `Ok` if it can.
    ///
    /// # Errors
    /// If it cannot: the reason.
    pub fn enabled(self, app: &App) -> Result<(), String> {
        let no = |why: &str| Err(why.to_owned());
        let on_canvas = app.screen == Screen::Editor && app.tab == Tab::Design;
        let nodes = app.canvas.selected_nodes().len();
        let mut contexts = self.info().contexts.iter();
        if contexts.all(|context| *context == Context::Canvas) && !on_canvas {
            return no("That is done on the canvas. Open a design first.");
        }
        if let Some(why) = self.lacks_a_fault(app) {
            return no(why);
        }
        match self {
            Action::Undo if !app.document.history().can_undo() => no("There is nothing to undo."),
            Action::Redo if !app.document.history().can_redo() => no("There is nothing to redo."),
            Action::Wire if app.document.design().nodes.len() < 2 => {
                no("A wire needs two nodes. Add them with a.")
            }
            Action::Move | Action::Delete if app.canvas.selection.is_empty() => {
                no("Nothing is selected. Select a node with the arrow keys or a click.")
            }
            Action::Copy
            | Action::Cut
            | Action::Duplicate
            | Action::Group
            | Action::Rename
            | Action::Ungroup
            | Action::Fold
            | Action::FoldAround
            | Action::SelectWire
                if nodes == 0 =>
            {
                no("No node is selected. Select one with the arrow keys or a click.")
            }
            Action::AlignLeft | Action::AlignTop if nodes < 2 => {
                no("Select two nodes or more first, with v and the arrow keys.")
            }
            Action::SpreadRow | Action::SpreadColumn if nodes < 3 => {
                no("Select three nodes or more first, with v and the arrow keys.")
            }
            Action::Run | Action::Live if !app.document.is_sound() => {
                no("The design cannot run yet. ! says what is missing.")
            }
            Action::Explain if app.explain.is_none() => {
                no("There is no simulated answer yet: the design must be sound, and a moment pass.")
            }
            Action::Record
                if app
                    .live
                    .as_ref()
                    .is_none_or(|live| live.recorded.is_empty()) =>
            {
                no("Nothing was done by hand in this run yet. f makes a fault.")
            }
            Action::Paste if app.clipboard.is_empty() => no("Nothing was copied yet."),
            Action::Problems if app.document.problems().is_empty() => no("Nothing is wrong."),
            Action::Jump | Action::Search | Action::SelectAll | Action::Layout
                if app.document.design().nodes.is_empty() =>
            {
                no("There are no nodes yet. Add one with a.")
            }
            Action::Reload if app.document.path.is_none() => {
                no("This design is not in a file yet.")
            }
            _ => Ok(()),
        }
    }
}

/// The contexts whose keys mean something now, the innermost first.
pub fn contexts(app: &App) -> Vec<Context> {
    use super::app::Layer;
    match app.layers.last() {
        Some(Layer::Picker(_)) => return vec![Context::Choosing],
        Some(Layer::Prompt(_)) => return vec![Context::Typing],
        Some(Layer::Keys(_)) => return vec![Context::Reading],
        None => {}
    }
    if app.screen == Screen::Gallery {
        return vec![Context::Gallery, Context::Global];
    }
    if app.inspector.editing.is_some() {
        return vec![Context::Typing];
    }
    if app.inspector.focused {
        return vec![Context::Inspector, Context::Global];
    }
    match app.tab {
        Tab::Live => return vec![Context::Live, Context::Global],
        Tab::Explain => return vec![Context::Explain, Context::Global],
        Tab::Design => {}
    }
    match app.canvas.mode {
        Mode::Normal => vec![Context::Canvas, Context::Global],
        Mode::Moving(_) | Mode::Dragging(_) => vec![Context::Moving],
        Mode::Labels(_) => vec![Context::Labels],
        Mode::Boxing(_) => vec![Context::Boxing],
    }
}

/// The actions that the footer shows now, with their first key.
pub fn hints(app: &App) -> Vec<&'static Info> {
    let contexts = contexts(app);
    let shown = ACTIONS.iter().filter(|info| !info.hint.is_empty());
    let place = |info: &Info| {
        contexts
            .iter()
            .position(|context| info.contexts.contains(context))
    };
    let mut here: Vec<&'static Info> = shown
        .filter(|info| place(info).is_some() && info.action.enabled(app).is_ok())
        .collect();
    // What belongs to this place comes before what is possible everywhere.
    here.sort_by_key(|info| place(info));
    here
}

/// All keys as a page of the documentation.
pub fn document() -> String {
    let mut text = String::from(
        "# Keys\n\nThis page is made from the program's list of actions. Every key, in every place, is also shown by `?`.\n",
    );
    for context in Context::ALL {
        text.push_str(&format!(
            "\n## {}\n\n| keys | | |\n| --- | --- | --- |\n",
            context.title()
        ));
        for info in ACTIONS
            .iter()
            .filter(|info| info.contexts.contains(&context))
        {
            let keys: Vec<String> = info.keys.iter().map(|keys| format!("`{keys}`")).collect();
            let keys = if keys.is_empty() {
                "palette".to_owned()
            } else {
                keys.join(" ")
            };
            text.push_str(&format!("| {keys} | {} | {} |\n", info.title, info.help));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_says_what_it_is() {
        for info in ACTIONS {
            assert!(info.help.ends_with('.'), "{}", info.id);
            assert!(!info.title.ends_with('.'), "{}", info.id);
            assert!(!info.contexts.is_empty(), "{}", info.id);
            assert!(
                info.action.is_command() || !info.keys.is_empty(),
                "{} can be reached",
                info.id
            );
            let same = ACTIONS.iter().filter(|other| other.id == info.id).count();
            assert_eq!(same, 1, "{}", info.id);
        }
    }

    #[test]
    fn the_page_of_keys_is_up_to_date() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/keys.md");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(path, document()).unwrap();
        }
        let written = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            written == document(),
            "docs/keys.md is stale: UPDATE_DOCS=1 cargo test --lib action"
        );
    }
}
