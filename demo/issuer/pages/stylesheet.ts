/** The stylesheet of all pages, served at `/assets/style.css`. */
export const STYLESHEET = `
:root {
  color-scheme: light dark;
  --page: #eef2f6;
  --card: #ffffff;
  --text: #12202e;
  --muted: #52616f;
  --line: #c9d3dc;
  --field: #ffffff;
  --field-line: #77879a;
  --accent: #0b5c7d;
  --accent-hover: #084963;
  --on-accent: #ffffff;
  --tint: #e6f1f6;
  --bad: #a3171f;
  --bad-tint: #fdecec;
  --good: #14603a;
  --good-tint: #e5f5ec;
  --shadow: 0 1px 2px rgb(18 32 46 / 8%), 0 12px 32px rgb(18 32 46 / 10%);
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1620;
    --card: #15212e;
    --text: #e8eef4;
    --muted: #a3b3c2;
    --line: #2c3d4e;
    --field: #0f1a25;
    --field-line: #7588a0;
    --accent: #6cc3e6;
    --accent-hover: #93d4ee;
    --on-accent: #06202d;
    --tint: #172c3a;
    --bad: #ff9c9c;
    --bad-tint: #3a1b20;
    --good: #86dfae;
    --good-tint: #14301f;
    --shadow: 0 1px 2px rgb(0 0 0 / 40%), 0 12px 32px rgb(0 0 0 / 35%);
  }
}
*, *::before, *::after { box-sizing: border-box; }
body {
  margin: 0;
  min-height: 100vh;
  min-height: 100dvh;
  display: flex;
  flex-direction: column;
  align-items: center;
  justify-content: center;
  gap: 1.25rem;
  padding: 1.5rem 1rem;
  background: var(--page);
  color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif;
}
main {
  width: 100%;
  max-width: 27rem;
  padding: 2rem;
  background: var(--card);
  border: 1px solid var(--line);
  border-radius: 1rem;
  box-shadow: var(--shadow);
}
.brand { display: flex; align-items: center; gap: 0.6rem; font-weight: 650; letter-spacing: -0.01em; }
.brand svg { width: 1.9rem; height: 1.9rem; color: var(--accent); }
h1 { margin: 0 0 0.35rem; font-size: 1.5rem; line-height: 1.25; letter-spacing: -0.015em; }
h2 { margin: 0; font-size: 1.05rem; line-height: 1.35; }
p { margin: 0 0 1rem; }
a { color: var(--accent); text-underline-offset: 0.15em; }
a:hover { color: var(--accent-hover); }
code { font-family: ui-monospace, 'SF Mono', Menlo, Consolas, monospace; font-size: 0.92em; overflow-wrap: anywhere; }
.demand { color: var(--muted); margin-bottom: 1.25rem; }
.demand strong { color: var(--text); font-weight: 600; }
.who {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0 0.75rem;
  margin-bottom: 1.25rem;
  padding: 0.6rem 0.75rem;
  border: 1px solid var(--line);
  border-radius: 0.75rem;
}
.who > span:nth-child(2) { flex: 1; min-width: 0; line-height: 1.3; }
.who button { flex: 1 0 100%; margin-left: 3rem; text-align: left; }
.who small { display: block; color: var(--muted); overflow-wrap: anywhere; }
.initials {
  flex: none;
  width: 2.25rem;
  height: 2.25rem;
  display: grid;
  place-items: center;
  border-radius: 50%;
  background: var(--tint);
  color: var(--accent);
  font-size: 0.85rem;
  font-weight: 650;
}
label { display: block; margin-bottom: 0.3rem; font-weight: 550; }
.field { margin-bottom: 1rem; }
.field small { display: block; margin-top: 0.35rem; color: var(--muted); }
input {
  width: 100%;
  min-height: 2.9rem;
  padding: 0.5rem 0.8rem;
  border: 1px solid var(--field-line);
  border-radius: 0.6rem;
  background: var(--field);
  color: inherit;
  font: inherit;
}
input[aria-invalid='true'] { border-color: var(--bad); }
input.code {
  font-family: ui-monospace, 'SF Mono', Menlo, Consolas, monospace;
  font-size: 1.5rem;
  letter-spacing: 0.3em;
}
button {
  width: 100%;
  min-height: 2.9rem;
  padding: 0.5rem 1rem;
  border: 1px solid transparent;
  border-radius: 0.6rem;
  background: var(--accent);
  color: var(--on-accent);
  font: inherit;
  font-weight: 600;
  cursor: pointer;
}
button:hover { background: var(--accent-hover); }
button[disabled] { opacity: 0.6; cursor: progress; }
button.secondary { background: transparent; border-color: var(--field-line); color: var(--text); }
button.secondary:hover { background: var(--tint); }
button.link {
  width: auto;
  min-height: 2rem;
  padding: 0.25rem 0;
  border: 0;
  background: none;
  color: var(--accent);
  font-weight: 500;
  text-decoration: underline;
  text-underline-offset: 0.15em;
}
button.link:hover { color: var(--accent-hover); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.notice { margin-bottom: 1.25rem; padding: 0.7rem 0.85rem; border-radius: 0.6rem; border-left: 4px solid; }
.notice.bad { background: var(--bad-tint); color: var(--bad); }
.notice.good { background: var(--good-tint); color: var(--good); }
.or { display: flex; align-items: center; gap: 0.75rem; margin: 1rem 0; color: var(--muted); font-size: 0.9rem; }
.or::before, .or::after { content: ''; flex: 1; border-top: 1px solid var(--line); }
.ways-out { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0.25rem 1.5rem; margin-top: 1rem; }
details { margin-top: 1.25rem; padding-top: 1rem; border-top: 1px solid var(--line); font-size: 0.92rem; }
summary { cursor: pointer; color: var(--muted); }
details dl { margin: 0.75rem 0 0; display: grid; gap: 0.6rem; }
details dt { font-weight: 600; }
details dd { margin: 0; color: var(--muted); }
.phone { margin: 1.25rem 0 0; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--muted); font-size: 0.92rem; }
footer { max-width: 27rem; color: var(--muted); font-size: 0.85rem; text-align: center; }
.tag {
  display: inline-block;
  margin-bottom: 0.75rem;
  padding: 0.15rem 0.6rem;
  border-radius: 1rem;
  background: var(--tint);
  color: var(--accent);
  font-size: 0.82rem;
  font-weight: 600;
}
.codes { display: grid; gap: 0.75rem; margin: 1.25rem 0 0; padding: 0; list-style: none; }
.codes li {
  display: grid;
  grid-template-columns: 1fr auto;
  align-items: center;
  gap: 0.25rem 1rem;
  padding: 0.9rem 1rem;
  border: 1px solid var(--line);
  border-radius: 0.75rem;
}
.codes small { display: block; color: var(--muted); }
.codes output {
  font-family: ui-monospace, 'SF Mono', Menlo, Consolas, monospace;
  font-size: 1.6rem;
  font-weight: 600;
  letter-spacing: 0.12em;
  color: var(--accent);
}
.codes .none { color: var(--muted); }
.countdown { grid-column: 1 / -1; height: 4px; border-radius: 2px; background: var(--tint); overflow: hidden; }
.countdown i { display: block; height: 100%; background: var(--accent); }
.request { margin-bottom: 1.25rem; padding: 1.1rem; border: 1px solid var(--line); border-radius: 0.75rem; }
.request h2 { margin-bottom: 0.5rem; }
.reason { padding-left: 0.75rem; border-left: 3px solid var(--accent); overflow-wrap: anywhere; }
.facts { display: grid; gap: 0.35rem; margin: 0 0 1rem; }
.facts div { display: grid; grid-template-columns: 6.5rem 1fr; gap: 0.75rem; }
.facts dt { color: var(--muted); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.compare { margin-bottom: 1rem; padding: 0.8rem 1rem; border-radius: 0.75rem; background: var(--tint); text-align: center; }
.compare p { margin: 0 0 0.15rem; }
.compare output {
  font-family: ui-monospace, 'SF Mono', Menlo, Consolas, monospace;
  font-size: clamp(1.6rem, 9vw, 2.2rem);
  font-weight: 650;
  letter-spacing: 0.08em;
  color: var(--accent);
  white-space: nowrap;
}
.answers { display: grid; grid-template-columns: 1fr 1fr; gap: 0.75rem; }
button.approve { background: var(--good); }
button.deny { background: var(--bad); }
button.approve:hover, button.deny:hover { filter: brightness(0.9); }
.pick fieldset { margin: 0 0 0.75rem; padding: 0; border: 0; }
.pick legend { margin-bottom: 0.6rem; padding: 0; font-weight: 550; }
.pick div { display: grid; grid-template-columns: repeat(3, 1fr); gap: 0.75rem; }
.pick button { min-height: 3.6rem; font-size: 1.5rem; font-variant-numeric: tabular-nums; }
.left { margin: 0.75rem 0 0; color: var(--muted); text-align: center; font-size: 0.92rem; font-variant-numeric: tabular-nums; }
.nothing { padding: 1.5rem 1rem; border: 1px dashed var(--line); border-radius: 0.75rem; color: var(--muted); text-align: center; }
.back { margin: 1.25rem 0 0; }
.ways-out a { min-height: 2rem; padding: 0.25rem 0; font-weight: 500; }
.hidden-visually { position: absolute; width: 1px; height: 1px; margin: 0; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
[hidden] { display: none !important; }
@media (max-width: 30rem) {
  body { justify-content: flex-start; }
  main { padding: 1.5rem 1.25rem; }
}
@media (prefers-reduced-motion: no-preference) {
  button, input { transition: background-color 120ms, border-color 120ms; }
}
`;
