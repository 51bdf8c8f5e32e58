// Draws [data-chart] with ECharts from the JSON block named in data-chart-data, in the page's own colours:
// {labels, series: [{name, values, tone, kind}], unit, target, target_label}. The same figures are in the
// table behind the chart, so the drawing is hidden from screen readers.

const TONES = ["brand", "call", "info", "held", "good", "warn"];
const drawn = new Map();
let library = null;

function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function size() {
  return parseFloat(getComputedStyle(document.documentElement).fontSize);
}

function mark(data) {
  if (data.target === undefined || data.target === null) return undefined;
  const color = token("ink-soft");
  return {
    silent: true,
    symbol: "none",
    lineStyle: { type: "dashed", color, width: 1.5 },
    label: { formatter: data.target_label || String(data.target), color, position: "insideEndTop", fontFamily: font() },
    data: [{ yAxis: data.target }],
    animation: false,
  };
}

function font() {
  return getComputedStyle(document.body).fontFamily;
}

function oneSeries(kind, data, series, index) {
  const color = token(series.tone || TONES[index % TONES.length]);
  const line = (series.kind || kind) === "lines";
  return {
    name: series.name,
    data: series.values,
    type: line ? "line" : "bar",
    stack: kind === "stack" && !line ? "all" : undefined,
    barMaxWidth: 2 * size(),
    barCategoryGap: "35%",
    smooth: 0.25,
    symbol: line ? "circle" : undefined,
    symbolSize: 6,
    lineStyle: { width: 2.5, color },
    itemStyle: { color, borderRadius: line || kind === "stack" ? 0 : [4, 4, 0, 0] },
    markLine: index === 0 ? mark(data) : undefined,
  };
}

function options(kind, data, height) {
  const text = { color: token("ink-soft"), fontFamily: font(), fontSize: Math.round(size() * 0.78) };
  const many = data.series.length > 1;
  return {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 300,
    textStyle: { fontFamily: font() },
    grid: { left: 4, right: 12, top: many ? 40 : 32, bottom: 4, containLabel: true },
    legend: many ? { type: "scroll", top: 0, left: "right", itemWidth: 14, itemHeight: 10, textStyle: text, icon: "roundRect" } : undefined,
    // Rich text: the HTML kind writes style attributes, which the content security policy refuses.
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      backgroundColor: token("ink"),
      borderWidth: 0,
      textStyle: { ...text, color: token("on-ink") },
      valueFormatter: (value) => (value === null || value === undefined ? "–" : `${value}${data.unit ? ` ${data.unit}` : ""}`),
    },
    xAxis: {
      type: "category",
      data: data.labels,
      axisLabel: { ...text, hideOverlap: true },
      axisTick: { show: false },
      axisLine: { lineStyle: { color: token("line-strong") } },
    },
    yAxis: {
      type: "value",
      minInterval: data.whole ? 1 : undefined,
      name: data.unit,
      nameTextStyle: { ...text, align: "left" },
      // A hint to ECharts: a line for every four letters of height, so that labels do not crowd.
      splitNumber: Math.max(2, Math.floor(height / (4 * size()))),
      axisLabel: { ...text, hideOverlap: true },
      splitLine: { lineStyle: { color: token("line") } },
    },
    series: data.series.map((series, index) => oneSeries(kind, data, series, index)),
  };
}

function drawOne(figure, echarts) {
  const source = document.getElementById(figure.dataset.chartData);
  const plot = figure.querySelector(".chart-plot");
  if (!source || !plot) return;
  const chart = echarts.getInstanceByDom(plot) || echarts.init(plot, null, { renderer: "svg" });
  chart.setOption(options(figure.dataset.chart, JSON.parse(source.textContent), plot.clientHeight), true);
  if (!drawn.has(plot)) {
    const watch = new ResizeObserver(() => chart.resize());
    watch.observe(plot);
    drawn.set(plot, { chart, watch, figure });
  }
}

function forget() {
  for (const [plot, { chart, watch }] of drawn) {
    if (plot.isConnected) continue;
    watch.disconnect();
    chart.dispose();
    drawn.delete(plot);
  }
}

/** Draw all charts of the page that are not drawn yet; with again, all of them. */
export async function draw({ again = false } = {}) {
  library ??= import("../vendor/echarts/echarts.esm.min.js");
  const echarts = await library;
  forget();
  for (const figure of document.querySelectorAll("[data-chart]")) {
    if (again || !drawn.has(figure.querySelector(".chart-plot"))) drawOne(figure, echarts);
  }
}

// Colours come from the tokens: another theme or contrast is drawn anew.
new MutationObserver(() => draw({ again: true })).observe(document.documentElement, {
  attributeFilter: ["data-theme", "data-contrast", "data-size"],
});
