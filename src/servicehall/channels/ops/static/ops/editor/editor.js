// The text editor in the place of the page's plain field: CodeMirror with YAML, completion and findings in the text.
// Its styles carry the page's nonce, since the policy allows no others. Not here: saving and checking (definition.js).
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, snippetCompletion } from "../../vendor/editor/codemirror-autocomplete.js";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "../../vendor/editor/codemirror-commands.js";
import { yaml } from "../../vendor/editor/codemirror-lang-yaml.js";
import { bracketMatching, foldGutter, foldKeymap, HighlightStyle, indentUnit, syntaxHighlighting } from "../../vendor/editor/codemirror-language.js";
import { lintGutter, lintKeymap, setDiagnostics } from "../../vendor/editor/codemirror-lint.js";
import { highlightSelectionMatches, search, searchKeymap } from "../../vendor/editor/codemirror-search.js";
import { EditorState } from "../../vendor/editor/codemirror-state.js";
import { Decoration, drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers, MatchDecorator, ViewPlugin } from "../../vendor/editor/codemirror-view.js";
import { tags } from "../../vendor/editor/lezer-highlight.js";

import { completeAt } from "./completion.js";
import { placeAt } from "./place.js";

const look = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--surface)", border: "1px solid var(--line-strong)", borderRadius: "var(--radius-s)", fontSize: "var(--text-s)" },
  "&.cm-focused": { outline: "3px solid var(--focus, var(--brand))", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "1.6", minHeight: "30rem", maxHeight: "calc(100vh - 14rem)", overflow: "auto" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--surface-sunk)", color: "var(--ink-soft)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--brand-soft) 45%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { background: "color-mix(in srgb, var(--brand) 28%, transparent)" },
  ".cm-selectionMatch": { backgroundColor: "var(--info-soft)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--good-soft)", color: "inherit" },
  ".cm-searchMatch": { backgroundColor: "var(--warn-soft)" },
  ".cm-tooltip, .cm-panels": { backgroundColor: "var(--surface)", color: "var(--ink)", borderColor: "var(--line-strong)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--font-mono)", maxHeight: "18em" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--brand)", color: "var(--on-brand)" },
  ".cm-completionDetail": { fontStyle: "normal", opacity: "0.8" },
  ".cm-panels input, .cm-panels button": { font: "inherit" },
  ".cm-button, .cm-textfield": { backgroundImage: "none", backgroundColor: "var(--surface)", color: "var(--ink)", border: "1px solid var(--line-strong)", borderRadius: "var(--radius-s)" },
  ".cm-diagnostic": { fontFamily: "var(--font)", padding: "0.4em 0.8em" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--bad)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--warn)" },
  ".cm-hole": { color: "var(--held-text)", backgroundColor: "var(--held-soft)", borderRadius: "2px" },
  ".cm-foldPlaceholder": { backgroundColor: "var(--surface-sunk)", color: "var(--ink-soft)", borderColor: "var(--line)" },
});
const colours = HighlightStyle.define([
  { tag: [tags.definition(tags.propertyName), tags.propertyName], color: "var(--brand-text)", fontWeight: "600" },
  { tag: tags.string, color: "var(--ink)" },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: "var(--info-text)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--ink-soft)", fontStyle: "italic" },
  { tag: [tags.separator, tags.punctuation, tags.bracket, tags.squareBracket, tags.brace], color: "var(--ink-soft)" },
  { tag: tags.invalid, color: "var(--bad-text)" },
]);

/** Expressions within texts, ${…}, look like what they are. */
const holes = new MatchDecorator({ regexp: /\$\{[^}\n]*\}/g, decoration: Decoration.mark({ class: "cm-hole" }) });
const holesShown = ViewPlugin.define(
  (view) => ({
    marks: holes.createDeco(view),
    update(change) {
      this.marks = holes.updateDeco(change, this.marks);
    },
  }),
  { decorations: (plugin) => plugin.marks },
);

/** A line and a column, both from 1 and in characters as the server counts them, as a position in the text. */
function positionOf(doc, line, column) {
  const found = doc.line(Math.min(Math.max(line, 1), doc.lines));
  const before = [...found.text].slice(0, column - 1).join("");
  return { from: Math.min(found.from + before.length, found.to), line: found };
}

/** A finding as a mark under the word that it is about. */
function marked(doc, finding) {
  const { from, line } = positionOf(doc, finding.line, finding.column);
  const rest = line.text.slice(from - line.from);
  const length = (/^[\w.-]+|^"[^"]*"|^\S[^,}\]#]*/.exec(rest) ?? [rest])[0].trimEnd().length;
  return {
    from,
    to: Math.max(from, Math.min(from + Math.max(length, 1), line.to)),
    severity: finding.level === "fault" ? "error" : "warning",
    message: finding.message,
  };
}

function offered(one, said) {
  const detail = one.needed ? said.needed : one.detail;
  const about = { label: one.label, detail, type: one.type, info: one.info || undefined, boost: one.needed ? 1 : 0 };
  return one.snippet ? snippetCompletion(one.snippet, about) : about;
}

/** Puts the editor there; resolves to what definition.js writes with. */
export async function mount({ field, place, nonce, schema, said, library, known, changed, save }) {
  let knowledge = null;
  const learned = fetch(schema).then((answer) => answer.json()).then((found) => (knowledge = found), () => {});
  const complete = async (context) => {
    await learned;
    if (!knowledge) return null;
    const text = context.state.doc.toString();
    const found = completeAt(text, context.pos, placeAt(text, context.pos), { ...knowledge, names: known() });
    if (!found || (!context.explicit && found.from === context.pos && !/[\s{[]$/.test(text.slice(0, context.pos)))) return null;
    return { from: found.from, options: found.options.map((one) => offered(one, said)), validFor: /^[\w.-]*$/ };
  };
  const view = new EditorView({
    parent: place,
    state: EditorState.create({
      doc: field.value,
      extensions: [
        EditorView.cspNonce.of(nonce),
        EditorState.phrases.of(library),
        EditorView.contentAttributes.of({ "aria-label": said.label, "aria-describedby": "text-hint", spellcheck: "false", tabindex: "0" }),
        lineNumbers(), foldGutter(), lintGutter(), history(), drawSelection(), bracketMatching(), closeBrackets(),
        highlightActiveLine(), highlightSelectionMatches(), search({ top: true }),
        indentUnit.of("  "), EditorState.tabSize.of(2), EditorView.lineWrapping,
        yaml(), syntaxHighlighting(colours), holesShown, look,
        autocompletion({ override: [complete], icons: false }),
        keymap.of([
          { key: "Mod-s", run: () => (save(), true), preventDefault: true },
          ...closeBracketsKeymap, ...completionKeymap, ...searchKeymap, ...lintKeymap, ...foldKeymap, ...historyKeymap, ...defaultKeymap, indentWithTab,
        ]),
        EditorView.updateListener.of((update) => update.docChanged && changed()),
      ],
    }),
  });
  field.hidden = true;
  document.querySelector(`label[for="${field.id}"]`)?.addEventListener("click", () => view.focus());
  return {
    text: () => view.state.doc.toString(),
    goTo(line, column) {
      const { from } = positionOf(view.state.doc, line, column);
      view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
      view.focus();
    },
    show(findings) {
      view.dispatch(setDiagnostics(view.state, findings.map((one) => marked(view.state.doc, one))));
    },
  };
}
