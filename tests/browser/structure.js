// What is wrong with the structure of the page: called by structure.py with nothing, gives a list of sentences.
() => {
    const problems = [], all = (selector) => [...document.querySelectorAll(selector)];
    const start = (node) => node?.outerHTML.slice(0, 90);
    const shown = (node) => node.checkVisibility ? node.checkVisibility() : true;
    const isEnlarged = getComputedStyle(document.documentElement).fontSize !== "16px"; // Tables may then scroll.
    if (!isEnlarged && document.documentElement.scrollWidth > innerWidth) {
        const wide = all("main *").filter((node) => node.getBoundingClientRect().right > innerWidth + 1);
        problems.push(`${document.documentElement.scrollWidth} px wide: ${wide.slice(0, 2).map(start)}`);
    }
    const levels = all("h1, h2, h3, h4, h5, h6").filter(shown).map((node) => Number(node.tagName[1]));
    if (levels.filter((level) => level === 1).length !== 1) problems.push(`headings of the first level: ${levels}`);
    levels.forEach((level, at) => at && level > levels[at - 1] + 1 && problems.push(`headings jump: ${levels}`));
    if (!/^.+ · netra$/.test(document.title)) problems.push(`title: ${document.title}`);
    if (!["id", "en"].includes(document.documentElement.lang)) problems.push("language of the page");
    all("[lang]").forEach((node) => ["id", "en"].includes(node.lang) || problems.push(`language of a part: ${node.lang}`));
    if (all("main").length !== 1 || all("body > header").length !== 1) problems.push("landmarks");
    const nameless = all("nav:not([aria-label]):not([aria-labelledby])");
    nameless.forEach((node) => problems.push(`a navigation without a name: ${start(node)}`));
    all("[tabindex]").forEach((node) => node.tabIndex > 0 && problems.push(`order of focus: ${start(node)}`));
    const first = all("a[href], button, input:not([type=hidden]), select, textarea, summary").find(shown);
    if (!first?.matches("a.skip")) problems.push(`first in the order of focus: ${start(first)}`);
    const ids = all("[id]").map((node) => node.id);
    ids.forEach((id, at) => ids.indexOf(id) !== at && problems.push(`twice the id ${id}`));
    all("th").forEach((node) => node.hasAttribute("scope") || problems.push(`a header without scope: ${start(node)}`));
    all("table").forEach((node) => node.caption || problems.push(`a table without a caption: ${start(node)}`));
    const words = (node) => node.getAttribute("aria-label") || node.textContent.replace(/\s+/g, " ").trim();
    const described = (node) => (node.getAttribute("aria-describedby") || "").split(" ").map((id) => document.getElementById(id));
    const about = (node) => described(node).map((one) => one?.textContent).join();
    all("form [aria-invalid]").forEach((node) => {
        if (!about(node).trim()) problems.push(`wrong, and nothing says why: ${start(node)}`);
    });
    const does = new Map();
    all("main a[href], main button").filter(shown).forEach((node) => {
        const name = `${node.tagName} ${words(node)} ${about(node)}`;
        const sent = [...(node.form?.elements ?? [])].filter((one) => one.type === "hidden").map((one) => one.value);
        const deed = node.href?.replace(/[?#].*/, "") || `${node.form?.action} ${sent} ${node.name} ${node.value}`;
        if (does.has(name) && does.get(name) !== deed) problems.push(`two that do different things are called ${name.slice(0, 90)}`);
        does.set(name, deed);
    });
    return problems;
}
