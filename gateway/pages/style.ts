import { html } from './html.ts';

/**
 * The stylesheet of all pages: an A4 sheet in calm type, made for paper first; a tight sheet holds more. It contains no
 * values.
 */
export const STYLE = html`
@page { size: A4; margin: 12mm 17mm 11mm; }
* { box-sizing: border-box; }
html { font: 9.8pt/1.38 'Source Sans 3', 'Segoe UI', 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif; color: #1b1f23; }
body { margin: 0; background: #e9ebee; }
h1, h2, p, ul { margin: 0; padding: 0; }
h1 { font-size: 1.9em; line-height: 1.15; font-weight: 600; letter-spacing: -0.01em; margin-top: 2.6mm; }
h2 { font-size: 1.06em; font-weight: 700; color: #17415f; margin: 0.95em 0 0.15em; }
.sheet { background: #fff; width: 210mm; min-height: 297mm; margin: 8mm auto; padding: 12mm 17mm 11mm; box-shadow: 0 1px 6px rgb(0 0 0 / 18%); }
.sheet + .sheet { break-before: page; }
.tight { font-size: 8.9pt; line-height: 1.33; }
.head { display: flex; justify-content: space-between; gap: 8mm; font-size: 0.86em; color: #4d5560; border-bottom: 0.5pt solid #b9c0c8; padding-bottom: 1.4mm; overflow-wrap: anywhere; }
.head span:last-child { text-align: right; }
.audience { font-size: 1.1em; color: #17415f; margin-top: 0.4mm; }
.introduction { margin-top: 0.5em; }
.text { white-space: pre-line; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; font-size: 0.93em; line-height: 1.3; }
th { text-align: left; font-weight: 600; color: #4d5560; font-size: 0.93em; border-bottom: 0.6pt solid #6b7480; padding: 0 3mm 0.5mm 0; }
td { vertical-align: top; border-bottom: 0.4pt solid #d3d8de; padding: 0.9mm 3mm 0.9mm 0; overflow-wrap: anywhere; }
tr { break-inside: avoid; }
th:first-child, td:first-child { width: 25%; }
th:last-child, td:last-child { width: 30%; padding-right: 0; }
li { list-style: none; }
.small { font-size: 0.88em; color: #4d5560; }
.columns { display: grid; grid-template-columns: 1fr 1fr; gap: 0 8mm; }
.signing { break-inside: avoid; margin-top: 3mm; padding: 2.2mm 4mm 2.4mm; border: 0.6pt solid #6b7480; border-radius: 1.5mm; }
.signing h2 { margin-top: 0; }
.choice { display: flex; align-items: baseline; gap: 2mm; margin-top: 1mm; }
.choices { display: flex; flex-wrap: wrap; gap: 0 6mm; align-items: baseline; margin-top: 1.4mm; }
.box { flex: none; display: inline-block; width: 3.2mm; height: 3.2mm; border: 0.7pt solid #1b1f23; border-radius: 0.4mm; transform: translateY(0.5mm); }
.rule { flex: 1; border-bottom: 0.5pt solid #1b1f23; min-width: 20mm; }
.lines { display: grid; grid-template-columns: 3fr 2fr; gap: 0 6mm; }
.line { border-top: 0.5pt solid #1b1f23; margin-top: 7.5mm; padding-top: 0.3mm; font-size: 0.86em; color: #4d5560; }
.view .line { margin-top: 7mm; }
.staff { display: flex; align-items: baseline; gap: 3mm; margin-top: 2.4mm; font-size: 0.86em; color: #4d5560; break-inside: avoid; }
.readings th:first-child, .readings td:first-child { width: 15%; }
.readings th:nth-child(2), .readings td:nth-child(2) { width: 24%; }
.readings th:last-child, .readings td:last-child { width: 24%; }
.kinds td:nth-child(3), .days td:nth-child(3) { white-space: nowrap; }
.days th:first-child, .days td:first-child { width: 20%; }
.notes li { margin-top: 0.3em; padding-left: 3.5mm; text-indent: -3.5mm; }
.notes li::before { content: '•'; display: inline-block; width: 3.5mm; text-indent: 0; }
.checkpoint { margin-top: 0.4em; font: 0.82em/1.35 'Liberation Mono', Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.notice { max-width: 34em; margin: 18vh auto; padding: 0 6mm; }
@media screen { .notice { background: #fff; padding: 10mm; border-radius: 2mm; } }
@media print {
  body { background: none; }
  .sheet { width: auto; min-height: 0; margin: 0; padding: 0; box-shadow: none; }
}
`;
