// Text pasted from elsewhere comes in as a story is made: paragraphs, cross-heads, lists, quotations,
// links and tables. Whatever else its program sends along is dropped.
//
// The text is read into pieces; a piece is a paragraph block's worth of lines, a cross-head, a
// quotation or a table. In the body each becomes a block of its own. In a field that holds lines
// alone (a quotation, a correction) all become lines there. docs/running/newsroom.md says what is
// kept.
(() => {
    "use strict";

    const DROPPED = "script, style, meta, link, title, template, svg, iframe, object, del, "
        + "[hidden], [aria-hidden=true]";
    const BLOCKS = new Set(
        ("ADDRESS ARTICLE ASIDE BLOCKQUOTE BODY CENTER DD DIV DL DT FIGCAPTION FIGURE FOOTER FORM "
        + "H1 H2 H3 H4 H5 H6 HEADER HR LI MAIN NAV OL P PRE SECTION TABLE UL").split(" "),
    );
    const PLAIN = { bold: false, italic: false, script: "", href: "" };
    const NUMBERED = /^\s*(\d+|[a-z]|[ivxlc]+)[.)]/i;

    // Reading

    const styleOf = (element) => (element.getAttribute("style") || "").toLowerCase();

    function isDropped(element) {
        const style = styleOf(element);
        return /display:\s*none|mso-hide:\s*all|mso-list:\s*ignore|mso-element:\s*(comment|footnote)/
            .test(style);
    }

    function headingOf(element) {
        if (/^H[1-6]$/.test(element.tagName)) return true;
        // Word writes its own headings so, in every language.
        return element.tagName === "P"
            && (/mso-outline-level:\s*[1-6]/.test(styleOf(element))
                || /\bMso(Title|Subtitle|Heading\d?)\b/i.test(element.className));
    }

    const isQuotation = (element) =>
        element.tagName === "BLOCKQUOTE" || /\bMso(Intense)?Quote/i.test(element.className);

    // The link itself, where a program leads through a counter of its own; none to nowhere.
    function address(element) {
        const written = element.getAttribute("href") || "";
        let url;
        try {
            url = new URL(written);
        } catch {
            return "";
        }
        if (url.hostname === "www.google.com" && url.pathname === "/url") {
            return url.searchParams.get("q") || url.searchParams.get("url") || "";
        }
        return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : "";
    }

    // How the letters inside an element look. Google wraps all it copies in a <b> that isn't bold.
    function marks(element, outer) {
        const inner = { ...outer };
        const tag = element.tagName;
        const style = styleOf(element);
        if (tag === "B" || tag === "STRONG") inner.bold = true;
        if (tag === "I" || tag === "EM" || tag === "CITE") inner.italic = true;
        if (tag === "SUP" || /vertical-align:\s*super/.test(style)) inner.script = "SUPERSCRIPT";
        if (tag === "SUB" || /vertical-align:\s*sub(;|\s|$)/.test(style)) inner.script = "SUBSCRIPT";
        const weight = /font-weight:\s*(\w+)/.exec(style)?.[1];
        if (weight) inner.bold = weight === "bold" || weight === "bolder" || Number(weight) >= 600;
        const slant = /font-style:\s*(\w+)/.exec(style)?.[1];
        if (slant) inner.italic = slant === "italic" || slant === "oblique";
        if (tag === "A") inner.href = address(element);
        return inner;
    }

    class Reader {
        constructor() {
            this.pieces = [];
            this.runs = [];
        }

        // Ends the line that is being read, as a line of a kind.
        end(type = "unstyled", depth = 0) {
            const runs = trimmed(this.runs);
            this.runs = [];
            if (!runs.length) return;
            const last = this.pieces.at(-1);
            const line = { type, depth, runs };
            if (last?.kind === "paragraph" && !this.apart) last.lines.push(line);
            else this.pieces.push({ kind: "paragraph", lines: [line] });
            this.apart = false;
        }

        read(node, look = PLAIN, list = null) {
            for (const child of node.childNodes) {
                if (child.nodeType === Node.TEXT_NODE) {
                    const text = look.pre ? child.data : child.data.replace(/[\s\u00a0]+/g, " ");
                    this.runs.push({ text, ...look });
                } else if (child.nodeType === Node.ELEMENT_NODE && !isDropped(child)) {
                    this.element(child, look, list);
                }
            }
        }

        element(element, look, list) {
            const tag = element.tagName;
            if (tag === "BR") {
                // Two breaks in a row are how some pages part paragraphs.
                const before = this.runs.at(-1);
                if (before?.text === "\n") this.end();
                else this.runs.push({ text: "\n", ...PLAIN });
            } else if (tag === "TABLE") {
                this.end();
                this.table(element, look);
            } else if (headingOf(element)) {
                this.end();
                const text = words(element);
                if (text) this.pieces.push({ kind: "crosshead", text });
            } else if (isQuotation(element)) {
                this.end();
                this.quotation(element);
            } else if (/mso-list:\s*l\d/.test(styleOf(element))) {
                this.end();
                this.wordItem(element, look);
            } else if (tag === "UL" || tag === "OL") {
                this.end();
                const kind = tag === "OL" ? "ordered-list-item" : "unordered-list-item";
                this.read(element, look, { kind, depth: list ? list.depth + 1 : 0 });
                this.end();
            } else if (tag === "LI" && list) {
                this.end();
                this.item(element, look, list);
            } else if (BLOCKS.has(tag)) {
                this.end();
                this.read(element, look, list);
                this.end();
            } else {
                this.read(element, marks(element, look), list);
            }
        }

        item(element, look, list) {
            // What stands in an item, paragraphs too, is one line; lists inside it come after.
            const inner = new Reader();
            inner.read(element, marks(element, look), list);
            inner.end(list.kind, list.depth);
            for (const piece of inner.pieces) {
                for (const line of piece.lines || []) {
                    const type = line.type === "unstyled" ? list.kind : line.type;
                    this.runs = line.runs;
                    this.end(type, line.type === "unstyled" ? list.depth : line.depth);
                }
                if (!piece.lines) this.pieces.push(piece);
            }
        }

        // Word writes the items of a list as paragraphs, each with its sign in front.
        wordItem(element, look) {
            const sign = element.querySelector("[style*='mso-list:Ignore' i], [style*='mso-list: Ignore' i]");
            const kind = NUMBERED.test(sign?.textContent || "")
                ? "ordered-list-item" : "unordered-list-item";
            const level = Number(/level(\d)/.exec(styleOf(element))?.[1] || 1);
            this.read(element, look);
            this.end(kind, level - 1);
        }

        quotation(element) {
            const inner = new Reader();
            inner.read(element);
            inner.end();
            const lines = flattened(inner.pieces);
            const last = this.pieces.at(-1);
            // Word marks each paragraph of a quotation by itself.
            if (element.tagName === "P" && last?.kind === "quotation" && !this.runs.length) {
                last.lines.push(...lines);
            } else if (lines.length) {
                this.pieces.push({ kind: "quotation", lines });
            }
        }

        table(element, look) {
            const rows = [...element.rows].filter((row) => row.closest("table") === element);
            if (!rows.length) return;
            if (rows.every((row) => row.cells.length < 2)) {
                // A frame around text, as mail and old pages have it.
                for (const row of rows) for (const cell of row.cells) this.element(unwrap(cell), look, null);
                return;
            }
            const cells = rows.map((row) => [...row.cells].flatMap((cell) => {
                const inner = new Reader();
                inner.read(cell);
                inner.end();
                const lines = flattened(inner.pieces);
                return [lines, ...Array(Math.max(0, Math.min(cell.colSpan, 50) - 1)).fill([])];
            }));
            const width = Math.max(...cells.map((row) => row.length));
            for (const row of cells) while (row.length < width) row.push([]);
            const first = rows[0];
            const isHead = first.closest("thead")
                || [...first.cells].every((cell) => cell.tagName === "TH")
                || (rows.length > 1 && cells[0].flat().length
                    && cells[0].flat().every((line) => line.runs.every((run) => run.bold || !run.text.trim())));
            const head = isHead ? cells.shift().map(textOf) : Array(width).fill("");
            this.pieces.push({
                kind: "table", head, rows: cells, caption: element.caption ? words(element.caption) : "",
            });
        }
    }

    function unwrap(cell) {
        const holder = cell.ownerDocument.createElement("div");
        holder.append(...cell.childNodes);
        return holder;
    }

    const words = (element) => element.textContent.replace(/[\s\u00a0]+/g, " ").trim();
    const textOf = (lines) => lines.map((line) => line.runs.map((run) => run.text).join("")).join(" ");

    function trimmed(runs) {
        const joined = [];
        for (const run of runs) {
            const last = joined.at(-1);
            const text = !last || /\s$/.test(last.text) ? run.text.replace(/^ +/, "") : run.text;
            if (!text || (!last && text === "\n")) continue;
            if (last && ["bold", "italic", "script", "href"].every((mark) => last[mark] === run[mark])) {
                last.text += text;
            } else {
                joined.push({ ...run, text });
            }
        }
        while (joined.length) {
            joined.at(-1).text = joined.at(-1).text.replace(/\s+$/, "");
            if (joined.at(-1).text) break;
            joined.pop();
        }
        return joined;
    }

    // All as lines, for a field that holds nothing else. A row of a table is one line.
    function flattened(pieces) {
        return pieces.flatMap((piece) => {
            if (piece.lines) return piece.lines;
            if (piece.kind === "crosshead") return [plain(piece.text, true)];
            const rows = piece.rows.map((row) => plain(row.map(textOf).filter(Boolean).join(" – ")));
            const head = piece.head.filter(Boolean).join(" – ");
            return head ? [plain(head, true), ...rows] : rows;
        });
    }

    const plain = (text, bold = false) =>
        ({ type: "unstyled", depth: 0, runs: [{ ...PLAIN, text, bold }] });

    function read(html) {
        // Handlers would never run there, but the browser complains of them.
        const quiet = html.replace(/\son\w+\s*=\s*("[^"]*"|'[^']*')/gi, "");
        const page = new DOMParser().parseFromString(quiet, "text/html");
        page.querySelectorAll(DROPPED).forEach((element) => element.remove());
        const reader = new Reader();
        reader.read(page.body);
        reader.end();
        return reader.pieces;
    }

    // Writing

    // Lines as the editor keeps them.
    function content(lines) {
        const entityMap = {};
        const blocks = lines.map(({ type, depth, runs }) => {
            let text = "";
            const inlineStyleRanges = [];
            const entityRanges = [];
            for (const run of runs) {
                const range = { offset: text.length, length: run.text.length };
                text += run.text;
                const styles = { BOLD: run.bold, ITALIC: run.italic, [run.script]: run.script };
                for (const [style, has] of Object.entries(styles)) {
                    if (has) inlineStyleRanges.push({ ...range, style });
                }
                if (run.href) {
                    const key = Object.keys(entityMap).length;
                    entityMap[key] = { type: "LINK", mutability: "MUTABLE", data: { url: run.href } };
                    entityRanges.push({ ...range, key });
                }
            }
            const key = Math.random().toString(36).slice(2, 7).padEnd(5, "0");
            return { key, text, type, depth, inlineStyleRanges, entityRanges, data: {} };
        });
        return JSON.stringify({ blocks, entityMap });
    }

    const asLines = (lines) => lines.map((line) => ({ ...line, type: "unstyled", depth: 0 }));

    function block(piece) {
        if (piece.kind === "paragraph") return { type: "paragraph", value: content(piece.lines) };
        if (piece.kind === "crosshead") return { type: "crosshead", value: piece.text.slice(0, 160) };
        if (piece.kind === "quotation") {
            const value = { text: content(asLines(piece.lines)), speaker: "", office: "" };
            return { type: "quotation", value };
        }
        const marked = ({ runs }) => runs.some((run) => run.bold || run.italic || run.href);
        const columns = piece.head.map((heading, at) => {
            const column = piece.rows.map((row) => row[at]);
            const rich = column.some((lines) => lines.length > 1 || lines.some(marked));
            const number = column.some((lines) => lines.length)
                && column.every((lines) => /^[\s\d.,%$€£₹+−–()-]*$/.test(textOf(lines)));
            return { type: rich ? "rich" : number ? "number" : "text", heading };
        });
        const rows = piece.rows.map((row) => ({
            values: row.map((lines, at) =>
                columns[at].type === "rich" ? content(asLines(lines.length ? lines : [plain("")])) : textOf(lines)),
        }));
        const table = { columns, rows, caption: "" };
        return { type: "table", value: { caption: piece.caption.slice(0, 200), table, source: "" } };
    }

    const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

    function html(lines) {
        return lines.map(({ type, runs }) => {
            const inside = runs.map((run) => {
                let shown = escaped(run.text).replaceAll("\n", "<br>");
                if (run.bold) shown = `<b>${shown}</b>`;
                if (run.italic) shown = `<i>${shown}</i>`;
                if (run.script) {
                    const tag = run.script === "SUPERSCRIPT" ? "sup" : "sub";
                    shown = `<${tag}>${shown}</${tag}>`;
                }
                return run.href ? `<a href="${escaped(run.href)}">${shown}</a>` : shown;
            }).join("");
            if (type === "ordered-list-item") return `<ol><li>${inside}</li></ol>`;
            if (type === "unordered-list-item") return `<ul><li>${inside}</li></ul>`;
            return `<p>${inside}</p>`;
        }).join("").replaceAll("</ol><ol>", "").replaceAll("</ul><ul>", "");
    }

    // The body and the place in it where an editor of a paragraph stands; null for other editors.
    function placeOf(target) {
        const body = document.getElementById("body-root")?.rootBlock;
        const own = target.closest("[data-streamfield-child]");
        const at = body?.children.findIndex((child) => child.element === own) ?? -1;
        return at >= 0 && body.children[at].type === "paragraph" ? { body, at } : null;
    }

    function insert({ body, at }, pieces) {
        const child = body.children[at];
        const { stateBefore, stateAfter } = window.draftail.splitState(child.block.widget.getState());
        const filled = (state) => state.getCurrentContent().hasText();
        child.block.setState(stateBefore);
        let next = at + 1;
        for (const piece of pieces) {
            body.insert({ ...block(piece), id: crypto.randomUUID?.() }, next++);
        }
        if (filled(stateAfter)) body.insert({ type: "paragraph", value: stateAfter }, next);
        if (!filled(stateBefore)) body.deleteBlock(at);
    }

    let ours = false;

    function paste(target, lines) {
        const data = new DataTransfer();
        data.setData("text/html", html(lines));
        data.setData("text/plain", lines.map((line) => textOf([line])).join("\n\n"));
        ours = true;
        target.dispatchEvent(new ClipboardEvent("paste", {
            clipboardData: data, bubbles: true, cancelable: true,
        }));
        ours = false;
    }

    document.addEventListener("paste", (event) => {
        const target = event.target;
        if (ours || !target.closest?.(".Draftail-Editor [contenteditable=true]")) return;
        const copied = event.clipboardData?.getData("text/html");
        // What comes from an editor like this one says so, and knows best.
        if (!copied || copied.includes("data-draftail-text") || copied.includes("data-editor=")) return;
        const pieces = read(copied);
        if (!pieces.length) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        const place = placeOf(target);
        if (place && pieces.some((piece) => piece.kind !== "paragraph")) insert(place, pieces);
        else paste(target, flattened(pieces));
    }, true);
})();
