/**
 * The page's own look, and all of it: no font, no picture, no script from anywhere. Every color has a word, a shape or a
 * pattern beside it. Contrast is 4.5:1 or more for text and 3:1 for marks, in both themes.
 */
export const STYLE = `
:root{color-scheme:light dark;--bg:#fff;--panel:#f5f6f8;--ink:#1b1f24;--soft:#505963;--line:#c5ccd3;--grid:#e0e4e8;
--link:#0b57b0;--pass:#17663a;--pass-bg:#e3f4e9;--fail:#a8201a;--fail-bg:#fdeaea;--unknown:#7a4a00;--unknown-bg:#fff2d9;
--waived:#5a3d8a;--waived-bg:#f1ebfa;--mark:#2463a8}
@media (prefers-color-scheme:dark){:root{--bg:#14171b;--panel:#1d2228;--ink:#e8ebee;--soft:#aab4be;--line:#48525c;--grid:#2c343c;
--link:#8abcff;--pass:#7fd6a0;--pass-bg:#15301f;--fail:#ff9c94;--fail-bg:#3d1a18;--unknown:#f2c46b;--unknown-bg:#35290f;
--waived:#c9b1f2;--waived-bg:#2a2140;--mark:#7db4f5}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{margin:0;background:var(--bg);color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:break-word}
header,nav,main,footer{max-width:72rem;margin:0 auto;padding:0 1rem}
header{padding-top:1.5rem}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .75rem}
h2{font-size:1.3rem;line-height:1.3;margin:2.5rem 0 .75rem;padding-bottom:.25rem;border-bottom:2px solid var(--line)}
h3{font-size:1.1rem;line-height:1.35;margin:1.5rem 0 .5rem}
h4{font-size:1rem;margin:1.25rem 0 .4rem}
p,ul,ol,dl{margin:.5rem 0}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:2px}
.skip{position:absolute;left:-100vw;top:0;background:var(--bg);padding:.5rem 1rem;z-index:1}
.skip:focus{left:0}
.soft{color:var(--soft)}
.small{font-size:.875rem}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.875em;overflow-wrap:anywhere}
pre{margin:.5rem 0;padding:.6rem .75rem;background:var(--panel);border:1px solid var(--line);border-radius:4px;white-space:pre-wrap;overflow-wrap:anywhere}
.verdict{display:flex;flex-wrap:wrap;gap:.25rem 1rem;align-items:baseline;margin:0 0 1rem;padding:1rem 1.1rem;border:1px solid;border-left-width:.6rem;border-radius:6px}
.verdict strong{font-size:1.35rem;line-height:1.3}
.verdict>span{color:var(--ink)}
.mark{display:inline-block;white-space:nowrap;font-weight:600}
.mark i{font-style:normal;margin-right:.3em}
.is-passed{color:var(--pass)}.is-failed{color:var(--fail)}.is-unknown{color:var(--unknown)}.is-waived{color:var(--waived)}
.verdict.is-passed{background:var(--pass-bg)}.verdict.is-failed{background:var(--fail-bg)}.verdict.is-unknown{background:var(--unknown-bg)}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,9rem),1fr));gap:.35rem 1.25rem;margin:1rem 0}
.facts div{min-width:0}
dt{color:var(--soft);font-size:.875rem}
dd{margin:0;overflow-wrap:anywhere}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1rem;list-style:none;margin:0;padding:.6rem 0;border-block:1px solid var(--line)}
nav a{display:inline-block;padding:.15rem 0}
.card{margin:.75rem 0;padding:.75rem 1rem;border:1px solid var(--line);border-left:.4rem solid var(--fail);border-radius:6px}
.card.passed{border-left-color:var(--pass)}.card.unknown{border-left:.4rem double var(--unknown)}.card.waived{border-left:.4rem dashed var(--waived)}
.card h3{margin-top:0}
.card dl{display:grid;grid-template-columns:minmax(6rem,max-content) minmax(0,1fr);gap:.2rem 1rem}
.card dl>div{display:contents}
.tag{display:inline-block;margin:0 .3rem .2rem 0;padding:0 .45rem;border:1px solid var(--line);border-radius:3px;font-size:.8125rem;color:var(--soft)}
.severity{text-transform:uppercase;letter-spacing:.04em;font-size:.8125rem;font-weight:700;margin-right:.6rem}
.scroll{overflow-x:auto;max-width:100%;margin:.75rem 0}
table{border-collapse:collapse;width:100%;font-size:.9375rem}
caption{text-align:left;font-weight:600;padding:.25rem 0}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--grid);min-width:5.5rem}
td.short,th.short{min-width:3.5rem}tbody .over-line>*{border-bottom:0;padding-bottom:0}tbody .short,.whole{white-space:nowrap}code.line{display:block}
thead th{border-bottom:2px solid var(--line);color:var(--soft);font-weight:600;vertical-align:bottom}
tbody th{font-weight:600}
td.wide,th.wide{min-width:14rem}.pictures .wide{min-width:11rem}
ul.plain,ol.plain{list-style:none;padding:0;margin:0}ul.plain li{margin-bottom:.15rem}
details{margin:.5rem 0}
summary{cursor:pointer;padding:.25rem 0}
.database{margin:1.5rem 0;padding:.25rem 1rem 1rem;border:1px solid var(--line);border-radius:6px}
.database>h3{margin-top:.75rem}
.pictures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:1rem 1.5rem;align-items:start}
figure{margin:0;min-width:0}
figcaption{font-weight:600}
figure p{margin:.25rem 0}
svg{display:block;width:100%;height:auto;max-width:40rem}
svg text{font-size:14px;fill:var(--ink);font-family:inherit}
svg .soft{fill:var(--soft)}
.axis,.grid{fill:none;stroke:var(--grid)}
.axis{stroke:var(--soft)}
.promise{fill:none;stroke:var(--fail);stroke-width:1.5;stroke-dasharray:7 4}
.curve{fill:none;stroke:var(--mark);stroke-width:2}
.under{fill:var(--mark);fill-opacity:.14}
.over{fill:none;stroke:var(--fail);stroke-width:3}
.trend{fill:none;stroke:var(--unknown);stroke-width:2;stroke-dasharray:2 4}
.dot{fill:var(--mark);stroke:var(--bg)}
.dot.failed{fill:var(--fail)}.dot.hollow{fill:var(--bg);stroke:var(--mark);stroke-width:2}
.taken{fill:var(--mark)}.pruned{fill:var(--soft)}
.pending,.due{fill:none;stroke:var(--mark);stroke-dasharray:2 2}
.blind{fill:var(--panel);stroke:var(--soft);stroke-dasharray:2 3}
.missed{fill:var(--fail-bg);stroke:var(--fail);stroke-width:1.5}
.cross{fill:none;stroke:var(--fail);stroke-width:2}
.span{stroke:var(--mark);stroke-width:6;fill:none}.span.rest{stroke-dasharray:3 3;stroke-width:4}
.today{stroke:var(--ink);stroke-width:1.5;fill:none}
.legend{display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;list-style:none;padding:0;margin:.25rem 0;font-size:.875rem;color:var(--soft)}
.legend svg{display:inline-block;width:1.6rem;height:1rem;vertical-align:-.15rem;margin-right:.35rem}
footer{margin-top:3rem;padding-bottom:2rem;color:var(--soft);font-size:.875rem}
@media (max-width:30rem){svg text{font-size:19px}.second text{display:none}.legend svg{width:1.6rem}h1{font-size:1.35rem}.card,.database{padding-inline:.75rem}.card dl{grid-template-columns:minmax(0,1fr);gap:0}.card dd{margin-bottom:.4rem}}
@media print{
:root{color-scheme:light;--bg:#fff;--panel:#f5f6f8;--ink:#000;--soft:#3c434b;--line:#8a929b;--grid:#c9ced4;--link:#000;--pass:#17663a;--pass-bg:#fff;
--fail:#a8201a;--fail-bg:#fff;--unknown:#7a4a00;--unknown-bg:#fff;--waived:#5a3d8a;--waived-bg:#fff;--mark:#2463a8}
body{font-size:10pt}header,nav,main,footer{max-width:none;padding-inline:0}nav,.skip{display:none}
.scroll{overflow:visible}table{font-size:8.5pt}th,td{min-width:4.5rem;overflow-wrap:anywhere}.short,.time,td.short,th.short{min-width:0;overflow-wrap:normal}td.wide,th.wide,.pictures .wide{min-width:7rem}td.time,th.time{min-width:5rem}thead{display:table-header-group}tr,svg,.card,.facts,dl>div{break-inside:avoid}.pictures{display:block}figure{margin-bottom:6mm}h2,h3,h4,caption,figcaption,.over-line{break-after:avoid}h2,h3,h4,caption{break-inside:avoid}
.card dl{grid-template-columns:7rem minmax(0,1fr)}svg{max-width:11cm;print-color-adjust:exact;-webkit-print-color-adjust:exact}a{text-decoration:none}
details::details-content{content-visibility:visible;block-size:auto}}
`;
