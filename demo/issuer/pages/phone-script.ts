/**
 * Keeps the phone's page up to date, counts down, and reads a QR code's content from the address.
 * Served at `/assets/phone.js`.
 */
export const PHONE_SCRIPT = `
'use strict';
const list = document.querySelector('[data-live]');
const news = document.getElementById('news');
let shown;

const refresh = async () => {
  const answer = await fetch('/phone/requests');
  if (answer.status === 401) return location.reload();
  if (!answer.ok) return;
  const text = await answer.text();
  if (shown !== undefined && text !== shown) replace(text);
  shown = text;
};

// Written by this page's own server, which escapes what others have sent.
const replace = (text) => {
  const known = new Set([...list.querySelectorAll('[data-request]')].map(({ dataset }) => dataset.request));
  const focused = document.activeElement.id;
  list.innerHTML = text;
  if (focused) document.getElementById(focused)?.focus();
  const isNew = ({ dataset }) => !known.has(dataset.request);
  const arrived = [...list.querySelectorAll('[data-request]')].filter(isNew);
  if (arrived.length > 0) news.textContent = arrived[0].querySelector('h2').textContent;
};

const clock = (seconds) => Math.floor(seconds / 60) + ':' + String(seconds % 60).padStart(2, '0');

const tick = () => {
  const now = Date.now() / 1000;
  for (const element of document.querySelectorAll('[data-expires-at]')) {
    element.textContent = 'Time left: ' + clock(Math.max(0, Math.ceil(element.dataset.expiresAt - now)));
  }
  for (const element of document.querySelectorAll('[data-since]')) {
    element.textContent = Math.max(0, Math.floor(now - element.dataset.since)) + ' seconds ago';
  }
};

const live = () => {
  tick();
  // The page may outlive the demo: a refresh that fails is tried again with the next one.
  Promise.resolve(list && refresh()).catch(() => {}).finally(() => setTimeout(live, 1000));
};

for (const form of document.querySelectorAll('[data-keeps-fragment]')) {
  form.action += location.hash;
}
const scan = document.getElementById('scan');
if (scan && location.hash.length > 1) {
  scan.elements.content.value = location.hash.slice(1);
  history.replaceState(null, '', location.pathname);
  scan.requestSubmit();
}
live();
`;
