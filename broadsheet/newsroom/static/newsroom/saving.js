// What a writer types reaches the paper once, whole and in order, whatever is pressed meanwhile.
//
// A draft saves itself while it is written. A button of the form waits until the editor has written
// the last letters into its field and until the draft on its way has come back; only then is the
// form sent. Each request bears the form's name and a number, by which the server tells what comes
// late or twice (newsroom/desk/locking.py).
(() => {
    "use strict";

    const FORM = "form[data-edit-form]";
    // The editor of rich text writes into its field a quarter of a second after the last letter.
    const EDITOR = 300; // milliseconds
    // A draft that hasn't come back by then has met a line that is down; the server keeps order.
    const PATIENCE = 10_000;

    const token = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
        byte.toString(16).padStart(2, "0"),
    ).join("");
    let turn = 0;
    let typedAt = -EDITOR;
    const held = new WeakSet();
    const released = new WeakSet();

    const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));

    function put(form, name, value) {
        let field = form.querySelector(`input[type="hidden"][name="${name}"]`);
        if (!field) {
            field = document.createElement("input");
            field.type = "hidden";
            field.name = name;
            form.append(field);
        }
        field.value = value;
    }

    // On a slow machine that comes later still: each editor is asked for what stands in it, and its
    // field is filled as the editor would fill it, without the marks of the desk's own comments.
    function finish(form) {
        for (const field of form.elements) {
            const state = field.draftailEditor?.getEditorState();
            if (!state) continue;
            const raw = window.Draftail.serialiseEditorStateToRaw(state);
            for (const block of raw?.blocks ?? []) {
                block.inlineStyleRanges = block.inlineStyleRanges.filter(
                    ({ style }) => !style.startsWith("COMMENT"),
                );
            }
            field.value = JSON.stringify(raw);
        }
    }

    async function send(form, submitter) {
        const autosave = window.wagtail?.app?.getControllerForElementAndIdentifier(
            form, "w-autosave",
        );
        await pause(Math.max(0, typedAt + EDITOR - performance.now()));
        finish(form);
        if (autosave) {
            autosave.activeValue = false;
            await Promise.race([autosave.submitPromise, pause(PATIENCE)]);
            if (autosave.revisionIdValue) put(form, "desk_revision", autosave.revisionIdValue);
        }
        put(form, "desk_form", token);
        put(form, "desk_turn", ++turn);
        // By now the button may be shut, and a shut button says nothing of itself.
        if (submitter?.name) put(form, submitter.name, submitter.value);
        released.add(form);
        form.requestSubmit();
    }

    for (const kind of ["keydown", "input", "paste", "drop", "cut"]) {
        document.addEventListener(kind, () => { typedAt = performance.now(); }, true);
    }

    document.addEventListener("submit", (event) => {
        const form = event.target;
        if (!form.matches(FORM) || released.has(form)) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        if (held.has(form)) return;
        held.add(form);
        send(form, event.submitter);
    }, true);

    document.addEventListener("w-autosave:save", (event) => {
        event.detail.formData?.set("desk_form", token);
        event.detail.formData?.set("desk_turn", ++turn);
    });

    document.addEventListener("DOMContentLoaded", () => {
        const form = document.querySelector(FORM);
        // Approving with a note sends the form past everybody who waits for that.
        if (form) form.submit = () => form.requestSubmit();
    });

    // Back from the page after it, by the browser's own way: the form may be sent again.
    window.addEventListener("pageshow", (event) => {
        const form = event.persisted && document.querySelector(FORM);
        if (!form) return;
        held.delete(form);
        released.delete(form);
    });
})();
