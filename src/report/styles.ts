/** The design of every report. Blue and orange keep gains and losses apart for colour-blind readers; the sign is always printed too. */
export const STYLES = `
:root{color-scheme:light;--bg:#f6f7f9;--card:#fff;--ink:#17202b;--soft:#556272;--line:#dfe4ea;--line-soft:#edf0f4;--accent:#3a4fa3;--gain:#1f6fb2;--loss:#b9480e;--warn-bg:#fff4dc;--warn-ink:#6b4700;--warn-line:#e9c46a;--focus:#3a4fa3;--tone:1;--s1:#3a4fa3;--s2:#b9480e;--s3:#0f766e;--s4:#8b3f8f;--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;--bg:#0f141b;--card:#171d26;--ink:#e6eaf0;--soft:#9aa7b6;--line:#2b3441;--line-soft:#212935;--accent:#9db1ff;--gain:#6cb2ee;--loss:#f19a62;--warn-bg:#33290f;--warn-ink:#f6d98a;--warn-line:#6f5a1e;--focus:#9db1ff;--tone:.68;--s1:#9db1ff;--s2:#f19a62;--s3:#4fc1b0;--s4:#d79ddb}}
:root[data-theme=dark]{color-scheme:dark;--bg:#0f141b;--card:#171d26;--ink:#e6eaf0;--soft:#9aa7b6;--line:#2b3441;--line-soft:#212935;--accent:#9db1ff;--gain:#6cb2ee;--loss:#f19a62;--warn-bg:#33290f;--warn-ink:#f6d98a;--warn-line:#6f5a1e;--focus:#9db1ff;--tone:.68;--s1:#9db1ff;--s2:#f19a62;--s3:#4fc1b0;--s4:#d79ddb}
*{box-sizing:border-box}
html{scroll-padding-top:76px;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Liberation Sans",Arial,sans-serif;font-variant-numeric:tabular-nums}
.wrap{max-width:1240px;margin:0 auto;padding:0 24px}
a{color:var(--accent)}
:focus-visible{outline:2px solid var(--focus);outline-offset:2px;border-radius:3px}
.skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px;z-index:9;background:var(--card);padding:8px}
.top{position:sticky;top:0;z-index:5;background:var(--card);border-bottom:1px solid var(--line)}
.top .wrap{display:flex;align-items:center;gap:20px;min-height:48px;padding-top:6px;padding-bottom:6px}
.brand{white-space:nowrap;color:var(--soft);font-size:13px}.brand b{color:var(--accent);font-size:16px;letter-spacing:.02em;margin-right:6px}
.top nav{display:flex;flex-wrap:wrap;gap:0 15px;flex:1;min-width:0}
.top nav a{color:var(--soft);text-decoration:none;font-size:13px;white-space:nowrap;padding:4px 0}.top nav a:hover{color:var(--ink);text-decoration:underline}
button,select{font:inherit;font-size:13px;color:var(--ink);background:var(--card);border:1px solid var(--line);border-radius:6px;padding:4px 10px;cursor:pointer;min-height:30px}
button:hover,select:hover{border-color:var(--soft)}
.banner{margin:16px 0 0;padding:10px 16px;background:var(--warn-bg);color:var(--warn-ink);border:1px solid var(--warn-line);border-radius:8px}
.headline{margin:20px 0 14px}
h1{font-size:27px;line-height:1.2;margin:0;font-weight:650;letter-spacing:-.015em;overflow-wrap:anywhere}
.subtitle{margin:6px 0 0;color:var(--soft)}
section{margin:0 0 44px}
h2{font-size:19px;font-weight:640;letter-spacing:-.01em;margin:0 0 4px}
h3,p,li,summary,dt{overflow-wrap:anywhere}
h3{font-size:14px;font-weight:620;margin:0 0 2px}
.lead{margin:0 0 14px;color:var(--soft);max-width:78ch}
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:16px 18px;min-width:0}
.card>p{margin:0 0 10px;color:var(--soft);font-size:13px;line-height:1.45}
.card>p.small-print{color:var(--soft);font-size:12.5px;margin:10px 0 0}.small-print b{color:var(--ink)}
.grid.two svg.chart{max-width:460px}.compare .plain td:first-child{white-space:normal}.compare .plain td,.compare .plain th{padding-right:10px}
.grid.two{grid-template-columns:repeat(auto-fit,minmax(min(440px,100%),1fr))}
.grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(360px,100%),1fr));gap:16px}
.wide{grid-column:1/-1}.grid+.grid{margin-top:16px}
@media (min-width:1020px){.grid.thirds{grid-template-columns:repeat(6,minmax(0,1fr))}.grid.thirds>.card{grid-column:span 2}.grid.thirds>.wide{grid-column:1/-1}.grid.thirds>.card:nth-child(3n+1):nth-last-child(2),.grid.thirds>.card:nth-child(3n+2):last-child,.grid.thirds>.card:nth-child(3n+1):nth-last-child(4),.grid.thirds>.card:nth-child(3n+1):nth-last-child(4)~.card{grid-column:span 3}.grid.thirds>.card:only-child{grid-column:1/-1}}
@media (min-width:760px) and (max-width:1019px){.grid.thirds{grid-template-columns:1fr 1fr}.grid.thirds>.card:last-child:nth-child(odd){grid-column:1/-1}}
.result{padding:20px 22px;margin-top:8px}
.result ul{margin:14px 0 0;padding-left:18px;max-width:88ch}.result li{margin:3px 0}
.card>p.verdict{font-size:18px;line-height:1.45;margin:0;color:var(--ink);max-width:76ch;font-weight:500}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:1px;background:var(--card);border:1px solid var(--line);border-radius:10px;overflow:hidden;margin-top:16px}
.tiles>div{box-shadow:0 0 0 1px var(--line-soft);padding:14px 18px}
.tiles dt{color:var(--soft);font-size:12.5px}.tiles dd{margin:2px 0 0;font-size:22px;font-weight:600;letter-spacing:-.01em;white-space:nowrap}
.tiles small{display:block;font-size:12px;font-weight:400;color:var(--soft);letter-spacing:0;white-space:normal}
.hero{display:grid;grid-template-columns:minmax(0,1fr) 352px;grid-template-rows:auto 1fr;grid-template-areas:"picture result" "picture tiles";gap:16px;margin-top:8px}
.hero>.result{grid-area:result;margin:0;padding:16px 18px}.hero>.picture{grid-area:picture;min-width:0}.hero>.picture>.card{height:100%}.hero>.tiles{grid-area:tiles;grid-template-columns:1fr 1fr;margin:0}.hero>.tiles>div{padding:11px 16px;display:flex;flex-direction:column;justify-content:center}.hero .hint{display:none}.hero .heat.pair{width:100%}.hero .heat.pair td{padding-top:9px;padding-bottom:9px}.hero>.tiles dd{font-size:20px}.hero>.tiles>div:last-child:nth-child(odd){grid-column:1/-1}.hero>.result>.verdict{font-size:16px}
.hero.compared{grid-template-areas:"picture tiles";grid-template-rows:auto}.headlines{grid-area:tiles;display:flex;flex-direction:column;gap:12px}.headline-card{flex:1;padding:12px 16px}.headline-card h3{margin-bottom:4px}.headline-card dl{display:grid;grid-template-columns:1fr 1fr;gap:4px 14px}.headline-card{display:flex;flex-direction:column;justify-content:center}.headline-card dt{color:var(--soft);font-size:12.5px}.headline-card dd{margin:0;font-size:17px;font-weight:600;white-space:nowrap}.headlines.many .headline-card{padding:6px 14px}.headlines.many dl{grid-template-columns:repeat(4,auto);gap:0 10px}.headlines.many dt{font-size:11px}.headlines.many dd{font-size:13px}
.cautions{margin-top:16px}.cautions ul{margin:0;padding-left:18px;max-width:110ch}.cautions li{margin:3px 0}
@media (max-width:1019px){.hero,.hero.compared{grid-template-columns:minmax(0,1fr);grid-template-rows:none;grid-template-areas:"result" "picture" "tiles"}.hero.compared{grid-template-areas:"picture" "tiles"}}
dl{margin:0}
.gain{color:var(--gain)}.loss{color:var(--loss)}
.metrics{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(340px,100%),1fr));gap:16px}.metrics>div{display:flex;flex-direction:column;gap:16px}.metrics>div>.card:last-child{flex:1}
.checks{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(440px,100%),1fr));gap:0 40px;margin-top:12px}.checks small{font-weight:500;margin-left:8px}
.checks .row,.metrics .row{display:grid;grid-template-columns:1fr auto;gap:0 16px;padding:8px 0;border-top:1px solid var(--line-soft)}
.metrics .row:first-of-type{border-top:0}.checks .row{align-content:start}
.checks dt,.metrics dt{font-weight:500}.metrics dt code{display:none}.checks dd,.metrics dd{margin:0;text-align:right;font-weight:600;white-space:nowrap}
.checks .why,.metrics .why{grid-column:1/-1;margin:0;color:var(--soft);font-size:12.5px;line-height:1.4;text-align:left;font-weight:400;white-space:normal}
.pairs{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(320px,100%),1fr));gap:0 32px}
.pairs>div{display:flex;justify-content:space-between;gap:16px;padding:6px 0;border-bottom:1px solid var(--line-soft);min-width:0}
.pairs dt{color:var(--soft);flex:1 0 auto;max-width:65%;overflow-wrap:break-word}.pairs dd{margin:0;text-align:right;font-weight:500;overflow-wrap:anywhere;min-width:0}
.more-right{-webkit-mask-image:linear-gradient(to right,#000 calc(100% - 44px),transparent);mask-image:linear-gradient(to right,#000 calc(100% - 44px),transparent)}
.more-left{-webkit-mask-image:linear-gradient(to left,#000 calc(100% - 44px),transparent);mask-image:linear-gradient(to left,#000 calc(100% - 44px),transparent)}
.more-left.more-right{-webkit-mask-image:linear-gradient(to right,transparent,#000 44px,#000 calc(100% - 44px),transparent);mask-image:linear-gradient(to right,transparent,#000 44px,#000 calc(100% - 44px),transparent)}
.scroll-x{overflow-x:auto;max-width:100%;container-type:inline-size}.scroll-x+h3{margin-top:18px}
table{border-collapse:collapse;width:100%;font-size:13.5px}
caption{text-align:left;color:var(--soft);font-size:12.5px;padding-bottom:8px}caption span{display:block;position:sticky;left:0;width:max-content;max-width:100cqw}
th{font-weight:500;color:var(--soft);text-align:left;white-space:nowrap}
.plain th,.plain td{padding:6px 14px 6px 0;border-bottom:1px solid var(--line-soft);white-space:nowrap}
.plain .num{text-align:right}.plain th:last-child,.plain td:last-child{padding-right:0}
.plain tbody tr:last-child td{border-bottom:0}
.grid>.card:not(.wide) .plain th,.grid>.card:not(.wide) .plain td{padding-right:7px;font-size:13px}
.heat{border-collapse:separate;border-spacing:2px;min-width:640px}
.heat th{padding:4px 6px;text-align:right}.heat th[scope=row],.heat th:first-child{text-align:left}
.heat td{padding:5px 6px;text-align:right;border-radius:4px;color:var(--ink);background:var(--line-soft)}
.heat td:empty{background:none}.heat.hours{border-spacing:1px;font-size:12px}.heat.hours td,.heat.hours th{padding:4px 2px}.heat.hours th[scope=row]{padding-right:8px}
.heat td.gain{background:color-mix(in srgb,var(--gain) calc(var(--tint,0%)*var(--tone)),var(--line-soft))}
.heat td.loss{background:color-mix(in srgb,var(--loss) calc(var(--tint,0%)*var(--tone)),var(--line-soft))}
.heat td.total{font-weight:600;background:none}
.heat td.total.gain{color:var(--gain)}.heat td.total.loss{color:var(--loss)}
svg.chart{display:block;width:100%;max-width:470px;margin:0 auto;height:auto;overflow:visible;font-size:11px}
svg.chart text{fill:var(--soft)}svg.chart .axis-name{font-size:11px}
.chart .grid{stroke:var(--line-soft)}.chart .zero{stroke:var(--soft);stroke-width:.8}
.chart .gain{fill:var(--gain)}.chart .loss{fill:var(--loss)}.chart .neutral{fill:var(--s1);opacity:.8}
.chart .dot{opacity:.65}.chart .ring{fill:none;stroke:var(--loss);stroke-width:1.2;opacity:.8}
.chart polyline{fill:none;stroke:var(--s1);stroke-width:1.4}.chart polyline.muted{stroke:var(--soft);stroke-dasharray:4 3}.chart polyline.loss{stroke:var(--loss)}.chart polyline.second{stroke:var(--s2)}
.chart .fan-outer{fill:var(--s1);opacity:.13}.chart .fan-inner{fill:var(--s1);opacity:.22}.chart .ruin{stroke:var(--loss);stroke-dasharray:2 3}
.chart.curves{max-width:none}.chart .curve,.curves .curve{fill:none;stroke:var(--s1);stroke-width:1.6}.curves .c1{stroke:var(--s2)}.curves .c2{stroke:var(--s3)}.curves .c3{stroke:var(--s4)}.curves .c4{stroke:var(--s1);stroke-dasharray:6 3}.curves .c5{stroke:var(--s2);stroke-dasharray:6 3}.curves .c6{stroke:var(--s3);stroke-dasharray:6 3}.curves .c7{stroke:var(--s4);stroke-dasharray:6 3}
svg.small-screen{display:none}
.curve-legend{display:flex;flex-wrap:wrap;gap:4px 20px}.curve-legend span{overflow-wrap:anywhere;min-width:0}.curve-legend svg{margin-right:7px;vertical-align:middle;flex:none}
.chart .whisker{stroke:var(--s1);stroke-width:1}.chart .box{fill:var(--s1);opacity:.35}.chart .middle{stroke:var(--s1);stroke-width:2.4}.chart .best{fill:var(--s2)}
.heat td.shade{background:color-mix(in srgb,var(--accent) calc(var(--tint,0%)*var(--tone)),var(--card))}.heat td.mark{outline:2px solid var(--s2);outline-offset:-2px;font-weight:650}.heat.pair{min-width:0;width:auto}.heat.pair td{min-width:62px}.heat .side-name{text-align:left;font-weight:600;color:var(--ink)}
td.better{font-weight:650}td.better::after{content:" ◂";color:var(--accent)}td.differs{color:var(--accent);font-weight:600}.plain .num .long{margin-left:auto}.plain th .long{max-width:26ch}.plain .long{display:block;white-space:normal;overflow-wrap:anywhere;min-width:130px;max-width:56ch}summary{cursor:pointer;font-size:14px;font-weight:620;padding:3px 0;min-height:26px}details[open] summary{margin-bottom:8px}
.named{white-space:nowrap}.key{display:inline-block;width:9px;height:9px;border-radius:50%;margin:0 4px 0 10px}.key.gain{background:var(--gain)}.key.loss{border:2px solid var(--loss)}
.time-chart{padding:12px 12px 8px}
.toolbar{min-height:66px;align-content:flex-start;display:flex;flex-wrap:wrap;align-items:center;gap:6px;margin-bottom:8px}
.toolbar .legend{flex:1 1 100%;min-height:26px;font-size:12.5px;line-height:19px;color:var(--soft);display:flex;flex-wrap:wrap;align-items:center;gap:0 4px}.toolbar .facts{margin-right:8px}.toolbar .legend button{border:0;background:none;padding:2px 6px;min-height:24px;font-size:12.5px;color:var(--soft);text-align:left;overflow-wrap:anywhere}.toolbar .legend button b{display:inline-block;min-width:44px}.toolbar .legend button[aria-pressed=false]{text-decoration:line-through;opacity:.75}.toolbar .legend button:hover{color:var(--ink)}
.toolbar .legend b{color:var(--ink);font-weight:500}
.toolbar button{padding:2px 9px}
.toolbar .hint{color:var(--soft);font-size:12px;margin-left:auto}
.plot{position:relative;outline-offset:2px;touch-action:pan-y;cursor:crosshair;user-select:none;-webkit-user-select:none}
.plot.waiting::after{content:"Loading chart…";position:absolute;inset:0;display:grid;place-items:center;color:var(--soft)}
.plot.failed::after{content:attr(data-message)}
.plot img{display:none;max-width:100%}
.swatch{display:inline-block;width:14px;height:3px;border-radius:2px;vertical-align:middle;margin:0 6px 2px 0;background:var(--swatch)}.swatch.dashed{background:repeating-linear-gradient(to right,var(--swatch) 0 4px,transparent 4px 6px)}.toolbar button[aria-pressed=true]:not(.legend button){background:color-mix(in srgb,var(--accent) 14%,var(--card));border-color:var(--accent)}.card:has(>.save){position:relative}.card:has(>.save)>h3{padding-right:88px}.save{position:absolute;top:12px;right:12px;display:flex;gap:4px}.save button{font-size:11px;min-height:24px;padding:1px 7px;color:var(--soft)}
.trade-panel{display:flex;flex-wrap:wrap;align-items:center;gap:4px 18px;min-height:44px;padding:8px 6px 2px;font-size:13px;color:var(--soft)}
.trade-panel b{color:var(--ink);font-weight:600}.trade-panel .buttons{display:flex;gap:6px}
.filters{display:flex;flex-wrap:wrap;gap:8px 14px;align-items:center;margin-bottom:10px;font-size:13px;color:var(--soft)}
.filters label{display:flex;gap:6px;align-items:center}.filters output{margin-left:auto}
.grid-table{border:1px solid var(--line);border-radius:8px;height:492px;overflow:auto;background:var(--card);font-size:12px;position:relative;contain:strict}
.grid-head,.grid-row{display:grid;min-width:1150px;grid-template-columns:42px 46px 126px 90px 126px 90px 66px 90px 80px 94px 62px 72px 70px minmax(112px,1fr);align-items:center}
.grid-head{position:sticky;top:0;z-index:2;background:var(--card);border-bottom:1px solid var(--line);height:36px}
.grid-head [role=columnheader]{padding:0}
.grid-head button{border:0;background:none;width:100%;height:35px;padding:0 6px;text-align:inherit;color:var(--soft);white-space:nowrap;font-weight:500;font-size:12px;border-radius:0}
.grid-head button:hover{color:var(--ink)}
.grid-head [aria-sort=ascending] button::after{content:" ▲";font-size:9px}.grid-head [aria-sort=descending] button::after{content:" ▼";font-size:9px}
.grid-body{position:relative;min-width:1150px}
.grid-row{position:absolute;left:0;right:0;height:30px;border-bottom:1px solid var(--line-soft);cursor:pointer;white-space:nowrap}
.grid-row>*{padding:0 6px;overflow:hidden;text-overflow:ellipsis}
.grid-row:hover{background:var(--line-soft)}.grid-row[aria-selected=true]{background:color-mix(in srgb,var(--accent) 16%,var(--card))}
.num{text-align:right}
#trial-table .grid-head,#trial-table .grid-row,#trial-table .grid-body{min-width:var(--columns)}.trial-panel{margin-top:12px}.trial-panel .command{margin:8px 0 0}.cell-name{color:var(--ink);font-weight:600}.heat.pair td:has(button){padding:0}.heat.pair td button{border:0;background:none;font:inherit;color:inherit;text-align:right;width:100%;min-height:30px;padding:5px 8px}.heat.pair td button:hover{text-decoration:underline}.hero .heat.pair td:has(button){padding:0}.hero .heat.pair td button{padding-top:9px;padding-bottom:9px}
.command{display:flex;gap:10px;align-items:flex-start;margin:0 0 14px}
.command pre{flex:1;min-width:0;margin:0;padding:10px 12px;background:var(--bg);border:1px solid var(--line);border-radius:8px;font:12.5px/1.5 var(--mono);white-space:pre-wrap;overflow-wrap:anywhere}
.hash{font-family:var(--mono);font-size:12.5px}
.notes{margin:0;padding-left:18px}.notes li{margin:4px 0}
.paper{display:none}
footer{color:var(--soft);font-size:12.5px;padding-top:16px;padding-bottom:32px}footer p{margin:2px 0}
.visually-hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (max-width:640px){.top nav{flex-wrap:nowrap;overflow-x:auto;scrollbar-width:none}.plain .long{min-width:92px;max-width:38vw;font-size:12px}.plain th .long,.plain .num .long{min-width:84px;font-size:12px}.plain th:first-child:not(.num),.plain td:first-child:not(.num):has(+.num){white-space:normal;min-width:92px;max-width:38vw;overflow-wrap:break-word}.heat th[scope=row],.heat th:first-child{position:sticky;left:0;z-index:1;background:var(--card);white-space:normal;max-width:30vw;overflow-wrap:break-word}.heat.hours,.heat{min-width:600px}.stacks thead{display:none}.stacks,.stacks caption,.stacks tbody,.stacks tr{display:block}.stacks tr{padding:8px 0;border-bottom:1px solid var(--line-soft)}.stacks tbody tr:last-child{border-bottom:0}.stacks td{display:flex;gap:12px;padding:2px 0;border:0;white-space:normal}.stacks td:first-child{font-weight:620}.stacks td::before{content:attr(data-label);color:var(--soft);overflow-wrap:anywhere;flex:1;min-width:0}.stacks td:first-child::before{display:none}.stacks .long{flex:0 1 auto;min-width:0;max-width:55%;margin-left:auto;text-align:right}svg.wide-screen{display:none!important}svg.small-screen{display:block}.wrap{padding:0 14px}h1{font-size:23px}.brand{font-size:0}.brand b{font-size:16px}.top .wrap{gap:12px;padding-top:0;padding-bottom:0}.card{padding:14px 12px}.result{padding:16px 14px}.card>p.verdict{font-size:16px}.tiles{grid-template-columns:1fr 1fr}.tiles>div{padding:12px 14px}.tiles>div:last-child:nth-child(odd){grid-column:1/-1}.tiles dd{font-size:18px}.time-chart{padding:8px 6px}.toolbar .hint{display:none}.toolbar{min-height:114px}.trade-panel{min-height:132px;align-content:flex-start}.command{flex-direction:column}.command pre{width:100%}section{margin-bottom:34px}}
@media print{svg.wide-screen{display:block!important}svg.small-screen{display:none!important}:root,:root[data-theme=dark]{--bg:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#ccc;--line-soft:#e6e6e6;--accent:#26357a;--gain:#1f6fb2;--loss:#b9480e;--s1:#26357a;--warn-bg:#fff;--warn-ink:#000}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
body{font-size:11px}.top,.skip,.toolbar button,.toolbar .hint,.trade-panel,.filters,.grid-table,.save,.command button,.screen{display:none!important}.paper{display:block}
.card,.tiles,tr,svg{break-inside:avoid}h2,h3,.lead{break-after:avoid}h2,.lead{break-inside:avoid}h2::after{content:"";display:block;height:420px;margin-bottom:-420px}#comparison h2::after{height:680px;margin-bottom:-680px}section{margin-bottom:20px}.wrap{max-width:none;padding:0}.scroll-x{overflow:visible}.heat{min-width:0;font-size:10px}.grid{grid-template-columns:1fr 1fr}.metrics{grid-template-columns:1fr 1fr}table{font-size:10.5px}a{color:inherit}}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
`;
