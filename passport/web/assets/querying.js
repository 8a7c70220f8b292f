// Lays YASGUI's editor and result views over the form of the query page, which works without them.
(() => {
  "use strict";

  const form = document.querySelector("form[data-editor]");
  if (!form || typeof Yasgui === "undefined") return;

  const { Yasqe, Yasr } = Yasgui;
  const field = form.elements.namedItem("query");
  const format = form.elements.namedItem("format");
  const button = form.querySelector("button[type=submit]");
  const status = document.getElementById("query-status");
  const endpoint = new URL(form.getAttribute("action"), document.baseURI);
  endpoint.hash = "";
  const told = form.dataset;
  const words = JSON.parse(told.words);
  const prefixes = JSON.parse(told.prefixes);
  const runLabel = button.textContent;
  const label = form.querySelector("label[for=query]");
  const kept = [...form.querySelectorAll("input[type=hidden]")].map(({ name, value }) => ({ name, value }));
  let running = false;
  let terms;

  // Names are completed from our own vocabulary; nothing is asked of other hosts.
  const ownTerms = () => {
    terms ??= fetch(told.terms, { headers: { Accept: "application/ld+json" } })
      .then((answer) => (answer.ok ? answer.text() : ""))
      .then((text) => {
        const found = text.match(/"(?:https?:)\/\/[^"\s]+"|"fp:[\w.-]+"/g) ?? [];
        const iris = found.map((each) => each.slice(1, -1).replace(/^fp:/, prefixes.fp));
        return [...new Set(iris)].filter((each) => each.startsWith(prefixes.fp) && !each.includes("/codes/")).sort();
      })
      .catch(() => []);
    return terms;
  };
  for (const name of ["property", "class"]) {
    Yasqe.forkAutocompleter(name, {
      name: `own-${name}`,
      get: async (_, token) => {
        const start = token?.autocompletionString ?? "";
        return (await ownTerms()).filter((each) => each.startsWith(start)).slice(0, 60);
      },
    });
  }
  Yasqe.forkAutocompleter("prefixes", {
    name: "own-prefixes",
    persistenceId: null,
    get: () => Object.entries(prefixes).map(([prefix, iri]) => `${prefix}: <${iri}>`),
  });

  const place = document.createElement("div");
  place.className = "query__editor";
  field.before(place);
  const yasqe = new Yasqe(place, {
    value: field.value,
    persistenceId: null,
    consumeShareLink: null,
    createShareableLink: null,
    showQueryButton: false,
    resizeable: false,
    editorHeight: "auto",
    autocompleters: ["variables", "own-prefixes", "own-property", "own-class"],
    extraKeys: {
      Tab: false,
      "Shift-Tab": false,
      "Ctrl-Enter": () => form.requestSubmit(),
      "Cmd-Enter": () => form.requestSubmit(),
      "Ctrl-S": false,
    },
    requestConfig: {
      endpoint: endpoint.href,
      method: "POST",
      args: kept,
      acceptHeaderGraph: "text/turtle",
      acceptHeaderSelect: "application/sparql-results+json",
    },
  });
  field.hidden = true;
  const input = yasqe.getInputField();
  const hint = document.getElementById("query-hint");
  const keys = document.createElement("p");
  keys.className = "govuk-hint";
  keys.id = "query-keys";
  keys.textContent = told.keys;
  hint.after(keys);
  input.id = "query-editor";
  input.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby")} ${keys.id}`);
  label.setAttribute("for", input.id);
  for (const link of document.querySelectorAll('.govuk-error-summary a[href="#query"]')) {
    link.href = `#${input.id}`;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      yasqe.focus();
    });
  }
  if (told.line) {
    yasqe.addLineClass(Number(told.line) - 1, "background", "query__bad-line");
    yasqe.setCursor(Number(told.line) - 1, Math.max(Number(told.column) - 1, 0));
  }

  const language = Object.fromEntries(
    ["info", "infoEmpty", "infoFiltered", "zeroRecords", "emptyTable"].map((name) => [name, words[name]])
  );
  Object.assign(Yasr.plugins.table.defaults.tableConfig.language, language);

  // YASGUI's table makes markup of values before it cleans it. Here they are text from the beginning, and links of
  // http and https alone.
  const escaped = (text) => String(text).replace(/[&<>"']/g, (each) => `&#${each.charCodeAt(0)};`);
  const short = (iri, known) => {
    const found = Object.entries(known).find(([, start]) => iri.startsWith(start) && iri.length > start.length);
    return found ? `${found[0]}:${iri.slice(found[1].length)}` : iri;
  };
  const link = (iri, known) => {
    const shown = escaped(short(iri, known).replace(/^fp:codes\/[a-z0-9-]+\/(?=.)/, ""));
    const href = iri.startsWith(prefixes.fp) ? iri.replace(prefixes.fp, `${endpoint.origin}/vocab/`) : iri;
    return /^https?:\/\//i.test(href) ? `<a class="iri" href="${escaped(href)}" rel="noopener">${shown}</a>` : shown;
  };
  const plain = /#(integer|int|decimal|double|float|string|date|dateTime|boolean)$/;
  class Table extends Yasr.plugins.table {
    getColumns() {
      const known = this.yasr.getPrefixes();
      const [numbers, ...columns] = super.getColumns();
      const render = (data, type) => {
        if (data === "") return "";
        return type === "display" ? this.getCellContent(data, known) : escaped(data.value);
      };
      return [numbers, ...columns.map((column) => ({ ...column, title: escaped(column.name), render }))];
    }
    getCellContent(data, known) {
      if (data.type === "uri") return `<div><span>${link(data.value, known)}</span></div>`;
      const type = data.datatype && !plain.test(data.datatype) && `^^${short(data.datatype, known)}`;
      const kind = data["xml:lang"] ? `@${data["xml:lang"]}` : type;
      const note = kind && !this.persistentConfig.compact ? `<sup>${escaped(kind)}</sup>` : "";
      return `<div><span class="nonIri">${escaped(data.value)}${note}</span></div>`;
    }
  }
  Yasr.registerPlugin("table", Table);
  let section;
  let yasr;
  let answered;

  // The picture is drawn by the service, of the query that was answered; so is the reason why there is none.
  const paragraph = (className, ...parts) => {
    const made = document.createElement("p");
    made.className = className;
    made.append(...parts);
    return made;
  };
  const drawing = async (signal) => {
    const asked = new URL(endpoint);
    asked.searchParams.set("lang", document.documentElement.lang);
    const body = new URLSearchParams(answered.searchParams);
    body.set("format", "svg");
    const answer = await fetch(asked, { method: "POST", body, headers: { Accept: "image/svg+xml" }, signal });
    if (!answer.ok) {
      const problem = await answer.json();
      return [paragraph("govuk-body", `${problem.title}. ${answer.status === 406 ? words.needs : ""}`)];
    }
    const picture = new DOMParser().parseFromString(await answer.text(), "image/svg+xml").documentElement;
    picture.setAttribute("width", "100%");
    const file = document.createElement("a");
    file.className = "govuk-link target";
    file.href = `${asked.pathname}?${body}&lang=${document.documentElement.lang}`;
    file.textContent = words.file;
    return [document.importNode(picture, true), paragraph("note", file)];
  };
  class Picture {
    label = "Picture";
    priority = 5;
    constructor(shown) {
      this.yasr = shown;
    }
    getIcon() {
      const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      const bars = icon.appendChild(document.createElementNS(icon.namespaceURI, "path"));
      icon.setAttribute("viewBox", "0 0 16 16");
      icon.setAttribute("aria-hidden", "true");
      bars.setAttribute("d", "M1 9h3v6H1zM6.5 1h3v14h-3zM12 5h3v10h-3z");
      return icon;
    }
    canHandleResults() {
      return (this.yasr.results?.getBindings()?.length ?? 0) > 0;
    }
    draw() {
      const place = document.createElement("div");
      place.className = "query__picture";
      place.append(paragraph("note", words.drawing));
      this.yasr.resultsEl.append(place);
      this.asking?.abort();
      this.asking = new AbortController();
      drawing(this.asking.signal)
        .catch((error) => (error.name === "AbortError" ? [] : [paragraph("govuk-body", told.failed)]))
        .then((parts) => place.replaceChildren(...parts));
    }
    destroy() {
      this.asking?.abort();
    }
  }
  Yasr.registerPlugin("picture", Picture);
  Yasr.defaults.pluginOrder = ["table", "picture", "response"];

  const drawn = () => {
    const root = yasr.rootEl;
    for (const each of root.querySelectorAll(".label, .pageSizerLabel, option, .booleanResult span, .yasr_btnGroup span")) {
      each.textContent = words[each.textContent] ?? words[each.textContent.trim()] ?? each.textContent;
    }
    for (const each of root.querySelectorAll(".yasr_btnGroup button")) {
      each.title = each.textContent;
      each.setAttribute("aria-label", each.textContent);
      each.setAttribute("aria-pressed", each.classList.contains("selected"));
      each.disabled = each.classList.contains("disabled");
    }
    for (const each of root.querySelectorAll(".tableFilter")) {
      each.placeholder = words["Filter query results"];
      each.setAttribute("aria-label", words["Filter query results"]);
    }
    root.querySelector(".tableSizer")?.setAttribute("aria-label", words["Page size: "]);
    const download = root.querySelector(".yasr_downloadIcon");
    download.title = words["Download result"];
    download.setAttribute("aria-label", words["Download result"]);
    download.hidden = yasr.drawnPlugin === "picture";
    yasr.pluginControls.removeAttribute("aria-controls");
    const chip = root.querySelector(".yasr_response_chip");
    const rows = yasr.results?.getBindings()?.length;
    const seconds = (yasr.results?.getResponseTime() ?? 0) / 1000;
    chip.textContent = words[rows === undefined ? "time" : "rows"]
      .replace("{rows}", rows)
      .replace("{seconds}", seconds.toLocaleString(document.documentElement.lang));
    for (const each of root.querySelectorAll(".CodeMirror textarea")) each.setAttribute("aria-label", words.Response);
    const scrolling = root.querySelector(".yasr_results");
    scrolling.tabIndex = 0;
    scrolling.setAttribute("role", "region");
    scrolling.setAttribute("aria-label", words[yasr.plugins[yasr.drawnPlugin]?.label] ?? words.Table);
    for (const each of root.querySelectorAll("th:first-child .dt-column-title:empty")) each.textContent = "#";
  };

  const shown = (response, duration) => {
    if (!yasr) {
      section = document.createElement("section");
      section.setAttribute("aria-labelledby", "editor-result");
      const heading = document.createElement("h2");
      heading.className = "govuk-heading-m";
      heading.id = "editor-result";
      heading.tabIndex = -1;
      heading.textContent = told.answer;
      const results = document.createElement("div");
      section.append(heading, results);
      form.after(section);
      yasr = new Yasr(results, { persistenceId: null, prefixes: { ...prefixes, passport: `${endpoint.origin}/passports/` } });
      yasr.on("drawn", () => setTimeout(drawn));
    }
    document.getElementById("answer")?.remove();
    section.hidden = false;
    yasr.setResponse(response, duration);
  };

  const address = () => {
    const asked = new URL(endpoint);
    asked.searchParams.set("query", yasqe.getValue());
    for (const { name, value } of kept) asked.searchParams.append(name, value);
    return asked;
  };

  const ended = (text) => {
    running = false;
    button.textContent = runLabel;
    status.textContent = text;
  };

  // A query that is refused is shown by the page itself, in the reader's language and with the place.
  const refused = (error) => {
    let problem;
    try {
      problem = JSON.parse(error.message);
    } catch {
      problem = null;
    }
    if (section) section.hidden = true;
    if (problem?.status === 400) {
      ended("");
      location.assign(address());
    } else {
      ended(problem?.title ? `${problem.title}.` : told.failed);
    }
  };

  yasqe.on("queryResponse", (_, response, duration) => {
    if (response instanceof Error) return;
    ended(told.done);
    answered = address();
    history.replaceState(null, "", answered);
    shown(response, duration);
  });

  form.addEventListener("submit", (event) => {
    field.value = yasqe.getValue();
    if (running) {
      event.preventDefault();
      yasqe.abortQuery();
      ended("");
    } else if (!format.value) {
      event.preventDefault();
      running = true;
      button.textContent = told.stop;
      status.textContent = told.running;
      yasqe.query().catch((error) => {
        if (error?.name !== "AbortError") refused(error);
      });
    }
  });
})();
