// Keeps the page live: blocks arrive as HTML that the server made, over server-sent events.
(() => {
  const byId = (id) => document.getElementById(id);
  const main = byId('main'), line = byId('conn'), pause = byId('pause');
  const base = main.dataset.base;
  const SILENCE = 40000;
  let paused = false, ended = false, source = null, retry = 0, heard = Date.now();
  let offset = Date.parse(main.dataset.now) - Date.now(), seen = main.dataset.now, version = main.dataset.version;

  const clock = (iso) => iso.slice(11, 19) + ' UTC';
  const say = (kind, sign, text) => {
    line.className = 'conn' + (kind === 'bad' ? ' lost' : '');
    byId('dot').className = kind;
    byId('dot').textContent = sign;
    if (byId('ct').textContent !== text) byId('ct').textContent = text;
  };
  const lost = (what) => say('bad', '✘', what + '; what you see is from ' + clock(seen) + '. Trying again.');
  const live = () => say('ok', '✔', 'live');

  // Where the reader's focus is, the link with the same address gets it back; open details stay open.
  const put = (id, html) => {
    const block = byId(id);
    if (!block) return;
    const focused = block.contains(document.activeElement) && document.activeElement.getAttribute('href');
    const open = [...block.querySelectorAll('details')].map((details) => details.open);
    block.innerHTML = html;
    block.querySelectorAll('details').forEach((details, at) => { details.open = open[at]; });
    const link = focused && block.querySelector('a[href="' + CSS.escape(focused) + '"]');
    if (link) link.focus({preventScroll: true});
  };

  const close = () => {
    clearTimeout(retry);
    if (source) source.close();
    source = null;
  };
  const end = (why) => {
    ended = true;
    close();
    pause.hidden = true;
    say('bad', '✘', why + ' What you see is from ' + clock(seen) + ' and does not move on.');
    const link = document.createElement('a');
    link.href = base + '/login';
    link.textContent = 'Sign in';
    line.append(' ', link);
  };
  // The browser gives up where the answer is an error. Whether to ask again depends on which.
  const refused = async () => {
    close();
    lost('connection lost');
    try {
      const answer = await fetch(base + '/session', {cache: 'no-store'});
      if (answer.status === 401 || answer.status === 403) return end('You are signed out.');
    } catch { /* the server does not answer: try again */ }
    retry = setTimeout(open, 3000 + Math.random() * 4000);
  };
  const on = (name, act) => source.addEventListener(name, (message) => {
    heard = Date.now();
    act(message.data);
  });
  const open = () => {
    close();
    if (ended || paused || document.hidden) return;
    heard = Date.now();
    source = new EventSource(base + '/events?version=' + encodeURIComponent(version));
    on('block', (data) => {
      const block = JSON.parse(data);
      seen = new Date(heard + offset).toISOString();
      put(block.id, block.html);
    });
    on('title', (data) => { document.title = data; });
    on('say', (data) => { byId('say').textContent = data; });
    on('beat', (data) => {
      const beat = JSON.parse(data);
      offset = Date.parse(beat.now) - Date.now();
      seen = beat.seen;
      version = beat.version;
      byId('until').textContent = beat.until;
      beat.lost ? lost(beat.lost) : live();
    });
    on('end', (data) => end(data));
    source.onerror = () => {
      if (source && source.readyState === EventSource.CLOSED) refused();
      else lost('connection lost');
    };
  };

  const age = (s) => s < 60 ? s + ' s' : s < 3600 ? (s / 60 | 0) + ' min' : s < 86400 ? (s / 3600 | 0) + ' h' : (s / 86400 | 0) + ' d';
  const tick = () => {
    if (document.hidden) return;
    document.querySelectorAll('time .rel').forEach((relative) => {
      const passed = Math.max(0, (Date.now() + offset - Date.parse(relative.parentNode.dateTime)) / 1000 | 0);
      const text = age(passed) + (relative.classList.contains('for') ? '' : ' ago');
      if (relative.textContent !== text) relative.textContent = text;
    });
    if (source && Date.now() - heard > SILENCE) refused();
  };
  setInterval(tick, 2000);

  pause.hidden = false;
  pause.onclick = () => {
    paused = !paused;
    pause.setAttribute('aria-pressed', paused);
    pause.textContent = paused ? 'Go on' : 'Pause';
    if (paused) {
      close();
      say('warn', '▲', 'paused; what you see is from ' + clock(seen));
    } else open();
  };
  document.addEventListener('visibilitychange', () => document.hidden ? close() : open());
  addEventListener('keydown', (press) => {
    if (!byId('keys').checked || press.target.matches('input:not([type=checkbox]), select, textarea')) return;
    if (press.ctrlKey || press.metaKey || press.altKey) return;
    if (press.key === '/') {
      press.preventDefault();
      byId('q').focus();
    }
    if (press.key === 'p' && !ended) pause.click();
    if (press.key === 'n') {
      const links = [...document.querySelectorAll('#needs .nm')];
      if (links.length) links[(links.indexOf(document.activeElement) + 1) % links.length].focus();
    }
  });
  open();
})();
