// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/html_style.h"

#include <cstddef>
#include <cstdint>
#include <span>

#include "formats/sha256.h"

namespace tocsin {
namespace {

// Severities differ by lightness and shape, too; texts have the contrast of WCAG 2.1 AA. Names may
// be long and without a blank: they break anywhere. Drawings scroll where a screen is narrow.
constexpr std::string_view kStyle =
    R"(:root{color-scheme:light dark;--ink:#1b1f24;--soft:#525b66;--line:#d3d9e0;--page:#f4f6f8;
--card:#fff;--lane:#f0f3f6;--link:#0b57a4;--marked:#ffe28a;--marked-ink:#1b1f24;
--check:#0072b2;--change:#d55e00;--use:#00795c;--grid:#d3d9e0;
--c0:#0072b2;--c1:#d55e00;--c2:#009e73;--c3:#cc79a7;--c4:#b87d00;--c5:#56b4e9;--c6:#1b1f24}
@media screen and (prefers-color-scheme:dark){:root{--ink:#e6e9ed;--soft:#a9b3be;--line:#3a434d;
--page:#14181d;--card:#1d2329;--lane:#262e36;--link:#7fbcff;--marked:#6b5200;--marked-ink:#fff;
--check:#56b4e9;--change:#ff9248;--use:#35c99d;--grid:#3a434d;
--c0:#56a8e0;--c1:#ff8a3d;--c2:#2fc79a;--c3:#e39ac3;--c4:#e69f00;--c5:#8fd0f5;--c6:#e6e9ed}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);overflow-wrap:anywhere;
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
body>header,main,body>footer{max-width:62rem;margin:0 auto;padding:0 1.25rem}
body>header{padding-top:1.5rem}
body>footer{padding-bottom:2rem;color:var(--soft)}
h1,h2,h3,h4,h5{line-height:1.25;margin:0 0 .5rem;text-wrap:balance}
h1{font-size:1.1rem;color:var(--soft);font-weight:600}
h2{font-size:1.6rem;margin-top:1rem}
h3{font-size:1.25rem;margin:2.25rem 0 .75rem}
h4{font-size:1.15rem;margin:0;flex:1 1 16rem}
h5{font-size:.95rem;margin:0 0 .35rem}
p{margin:0 0 .75rem}
a{color:var(--link)}
a:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--link);outline-offset:2px}
code{font:.92em ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace}
ul{margin:0;padding:0;list-style:none}
li{margin:0 0 .2rem}
mark{background:var(--marked);color:var(--marked-ink);font-weight:600;text-decoration:underline;
border-radius:2px}
.soft{color:var(--soft)}
.verdict{font-size:1.15rem}
.counts{display:flex;flex-wrap:wrap;gap:.5rem;margin-bottom:1rem}
.severity{display:inline-flex;align-items:center;gap:.4em;white-space:nowrap;border-radius:4px;
padding:.15em .6em;font-size:.85rem;font-weight:700;letter-spacing:.03em;border:1px solid #0000}
.severity svg{width:1em;height:1em;fill:currentColor}
.critical{background:#7a0019;color:#fff;border-color:#b0566a}.high{background:#b83a00;color:#fff}
.medium{background:#f2c14e;color:#1b1f24}.low{background:#bcdcf3;color:#1b1f24}
.info{background:#e3e6ea;color:#1b1f24}
@media screen and (prefers-color-scheme:dark){.critical{background:#c81e3a}.high{background:#a84300}
.medium{background:#7a5a00;color:#fff}.low{background:#1f4a6d;color:#fff}
.info{background:#39424b;color:#fff}}
.none .severity{background:none;color:var(--soft);border-color:var(--line);font-weight:400}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:1rem 0}
table{border-collapse:collapse;width:100%;background:var(--card)}
caption{text-align:left;color:var(--soft);padding-bottom:.35rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border:1px solid var(--line);
font-weight:400}
thead th{background:var(--lane);font-weight:600}
tbody th{color:var(--soft)}
.number{text-align:right;font-variant-numeric:tabular-nums}
.scroll{overflow-x:auto;margin-bottom:1rem}
.list th,.list td{overflow-wrap:normal}
.list td.what{overflow-wrap:anywhere;min-width:14rem}
.what a{text-decoration:none}.what a:hover,.what a:focus{text-decoration:underline}
.sweep th,.sweep td{overflow-wrap:normal;white-space:nowrap}
.sweep .chosen{background:var(--lane);font-weight:600;color:var(--ink)}
.views{table-layout:fixed}.views th:first-child{width:9rem}.views .time{width:9.5rem;white-space:nowrap}
.views code{font-size:.87em}
.differs{color:var(--ink);font-weight:700}
.views .part th{padding-left:1.6rem}
dl{margin:0 0 1rem}
dl>div{display:grid;grid-template-columns:7rem minmax(0,1fr);column-gap:1rem;padding:.18rem 0}
dt{color:var(--soft);grid-column:1}
dd{margin:0;grid-column:2}
.part dt{padding-left:1rem}
.step{border-top:1px solid var(--line);margin:0;padding:.35rem 0}
.step dt{font-weight:600;color:var(--ink)}.step .part dt{font-weight:400;color:var(--soft)}
.card{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:1.1rem 1.25rem;
margin:0 0 1.5rem}
.card:target{outline:3px solid var(--link)}
.card>header{display:flex;flex-wrap:wrap;gap:.4rem .9rem;align-items:baseline;margin-bottom:.6rem}
.card>section,.card>.judged{margin-top:1.4rem}
.judged{columns:23rem 2;column-gap:2rem}.judged section{break-inside:avoid;margin-bottom:1.1rem}
.title{font-size:1.05rem}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,23rem),1fr));
gap:1.1rem 2rem}
.pair dl{margin:0}
.pair dl>div{grid-template-columns:6rem minmax(0,1fr)}
.reasons li{display:grid;grid-template-columns:2.4rem minmax(0,1fr)}
.reasons .sign{font-weight:700;font-variant-numeric:tabular-nums}
.kept,.kept td{white-space:nowrap}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);
white-space:nowrap}
figure{margin:0 0 1rem}
figcaption{color:var(--soft);font-size:.9rem}
.drawing{display:block;width:100%;min-width:44rem;height:auto;fill:var(--ink);
font:12px system-ui,"DejaVu Sans",sans-serif}
.drawing .lane{fill:var(--lane)}.drawing .ground{fill:var(--card)}.drawing .who{fill:var(--soft)}
.drawing .bar{fill:var(--soft)}.drawing .bar.check{fill:var(--check)}
.drawing .bar.change{fill:var(--change)}.drawing .bar.use{fill:var(--use)}
.drawing .mark{fill:var(--ink);stroke:var(--lane);stroke-width:1.5}
.drawing .mark.claim{fill:var(--check)}.drawing .mark.truth{fill:var(--use)}
.drawing .beyond,.drawing .gap,.drawing .axis{fill:none;stroke:var(--ink)}
.drawing .guide{stroke:var(--soft);stroke-dasharray:2 3}
.drawing .tick{text-anchor:middle;fill:var(--soft)}
.drawing .length{text-anchor:middle;font-weight:600}
.drawing .grid{stroke:var(--grid)}
.drawing .chosen{stroke:var(--soft);stroke-dasharray:2 3}
.drawing .count{fill:none;stroke-width:2}.drawing .dashed{stroke-dasharray:6 3}
.c0{stroke:var(--c0)}.c1{stroke:var(--c1)}.c2{stroke:var(--c2)}.c3{stroke:var(--c3)}
.c4{stroke:var(--c4)}.c5{stroke:var(--c5)}.c6{stroke:var(--c6)}
@media screen{.card{content-visibility:auto;contain-intrinsic-size:auto 75rem}}
@media (max-width:40rem){body>header,main,body>footer{padding-left:.75rem;padding-right:.75rem}
.card{padding:.9rem .8rem}
dl>div,.pair dl>div{grid-template-columns:minmax(0,1fr)}dd{grid-column:1}
.views,.views caption,.views tbody,.views tr,.views th,.views td{display:block;width:auto}
.views thead{display:none}.views th{border-bottom:0}.views td{border-top:0;padding-top:0}
.views th:first-child,.views .time{width:auto}.views .time{border-bottom:0}
.views td:empty{display:none}
.views td[data-of]::before{content:attr(data-of) ": ";color:var(--soft)}}
@media print{:root{color-scheme:light;font-size:9pt}@page{margin:14mm}
body{background:#fff;font-size:8.5pt;print-color-adjust:exact;-webkit-print-color-adjust:exact}
main,body>header,body>footer{max-width:none;padding:0}
nav{display:none}.scroll{overflow:visible}
.drawing{min-width:0}
figure,.views,tr,li,.step,dl>div,.pair>div{break-inside:avoid}
h2,h3,h4,h5,.card>header,.card>header+p{break-after:avoid}
.card{margin-bottom:6mm;padding:4mm;box-decoration-break:clone;-webkit-box-decoration-break:clone}.card>section,.card>.judged{margin-top:3mm}
a{color:inherit}.known a::after{content:" <" attr(href) ">";color:var(--soft);font-size:.9em}})";

std::string base64(std::span<const uint8_t> bytes) {
    static constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (size_t i = 0; i < bytes.size(); i += 3) {
        uint32_t group = 0;
        for (size_t k = 0; k < 3; ++k)
            group = group << 8U | (i + k < bytes.size() ? bytes[i + k] : 0U);
        for (size_t k = 0; k < 4; ++k)
            text += i + k > bytes.size() ? '=' : kDigits[group >> (18 - 6 * k) & 63U];
    }
    return text;
}

}  // namespace

std::string_view html_style() {
    return kStyle;
}

std::string html_security_policy() {
    const auto* bytes = reinterpret_cast<const uint8_t*>(kStyle.data());
    const auto digest = sha256({std::span(bytes, kStyle.size())});
    return "default-src 'none'; style-src 'sha256-" + base64(digest) +
           "'; base-uri 'none'; form-action 'none'";
}

}  // namespace tocsin
