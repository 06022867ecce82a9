// Brings files in pieces: drag, paste or choose many; a broken connection goes on where it was.
const form = document.getElementById("bring");
const input = form?.querySelector("input[type=file]");
const list = document.getElementById("progress");
const said = form?.dataset;
const queue = [];
let busy = false;
let brought = 0;

function line(file) {
  const item = document.createElement("li");
  const name = document.createElement("span");
  const state = document.createElement("span");
  const bar = document.createElement("progress");
  name.textContent = file.name;
  name.dir = "auto";
  state.className = "small quiet";
  state.textContent = said.waits;
  bar.max = file.size || 1;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  item.className = "stack tight";
  item.append(name, bar, state);
  list.append(item);
  list.hidden = false;
  return { bar, state };
}

// What of this very file was begun on this device and in this space.
function key(file) {
  return `upload ${said.uploads} ${file.name} ${file.size} ${file.lastModified}`;
}

function send(method, path, body, headers, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, path);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.responseType = "json";
    request.timeout = 120000;
    if (progress) request.upload.onprogress = (event) => progress(event.loaded);
    request.onload = () => resolve({ status: request.status, said: request.response || {} });
    request.onerror = request.ontimeout = () => reject(new Error("broken"));
    request.send(body);
  });
}

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

async function begin(file) {
  const kept = localStorage.getItem(key(file));
  if (kept) {
    const found = await send("GET", kept, null, {});
    if (found.status === 200) return found;
    localStorage.removeItem(key(file));
  }
  const body = new URLSearchParams({ name: file.name, size: file.size });
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  const begun = await send("POST", `${said.uploads}?name=${encodeURIComponent(file.name)}`, body, headers);
  if (begun.status === 201) localStorage.setItem(key(file), begun.said.path);
  return begun;
}

async function bring(file, show) {
  let answer = await begin(file);
  const query = `?name=${encodeURIComponent(file.name)}`;
  while (answer.status < 300 && !answer.said.ready) {
    const { path, offset, piece } = answer.said;
    show.state.textContent = said.comes;
    if (offset >= file.size) {
      answer = await send("POST", `${path}/finish${query}`, null, {});
    } else {
      answer = await send(
        "POST",
        path + query,
        file.slice(offset, offset + piece),
        { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset) },
        (loaded) => { show.bar.value = offset + loaded; },
      );
    }
    // Another place, or still busy with what came before the connection broke: look again.
    if (answer.status === 409 || answer.status === 503) {
      await wait(2000);
      answer = await send("GET", path, null, {});
    }
  }
  return answer;
}

async function bringSafely(file, show) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await bring(file, show);
    } catch {
      if (attempt >= 30) return { status: 0, said: {} };
      show.state.textContent = said.again;
      await wait(Math.min(1000 * 2 ** attempt, 15000));
    }
  }
}

async function work() {
  if (busy) return;
  busy = true;
  let failed = false;
  while (queue.length) {
    const { file, show } = queue.shift();
    const answer = await bringSafely(file, show);
    if (answer.said.ready) {
      localStorage.removeItem(key(file));
      show.bar.value = show.bar.max;
      show.state.textContent = said.done;
      brought += 1;
    } else {
      failed = true;
      if (answer.status) localStorage.removeItem(key(file));
      show.state.className = "error";
      show.state.textContent = answer.said.sentence || said.failed;
    }
  }
  busy = false;
  if (brought && !failed) location.assign(`${form.getAttribute("action")}${location.search || "?told=files-brought"}`);
  else if (brought) form.querySelector(".without-script").hidden = true;
}

function take(files) {
  for (const file of files) queue.push({ file, show: line(file) });
  work();
}

if (form) {
  form.querySelector(".with-script").hidden = false;
  form.querySelector(".without-script").hidden = true;
  input.addEventListener("change", () => {
    take([...input.files]);
    input.value = "";
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const name of ["dragover", "dragenter"]) {
    document.addEventListener(name, (event) => {
      event.preventDefault();
      form.classList.add("over");
    });
  }
  document.addEventListener("dragleave", () => form.classList.remove("over"));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    take([...event.dataTransfer.files]);
  });
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files || [])];
    if (files.length) take(files);
  });
}
