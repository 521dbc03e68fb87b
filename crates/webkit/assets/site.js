// What script makes better. Pages are complete without it.
const doc = document;
const all = (what, where = doc) => [...where.querySelectorAll(what)];
const on = (who, what, act) => who.addEventListener(what, act);
const make = (tag, text, kind) => {
	const node = doc.createElement(tag);
	if (text) node.textContent = text;
	if (kind) node.className = kind;
	return node;
};
const set = (node, name, value) => node.setAttribute(name, value);
const part = (work) => { try { work(); } catch (error) { console.error(error); } };
const typing = (node) => node.matches("input:not([type=checkbox],[type=radio]),textarea,select");

const root = doc.documentElement;
root.classList.add("js");
let seen = Date.now();

part(() => doc.querySelector(".error-summary:not(.sample *)")?.focus());

// Display settings change at once, so that nothing typed on the page is lost.
on(doc, "submit", (e) => {
	const form = e.target;
	if (!form.matches("form[data-look]")) return;
	e.preventDefault();
	const sent = new URLSearchParams(new FormData(form, e.submitter));
	fetch(form.action, { method: "POST", body: sent }).then((answer) => answer.text()).then((text) => {
		const page = new DOMParser().parseFromString(text, "text/html");
		for (const name of ["comfort", "contrast", "theme"]) {
			const word = page.documentElement.dataset[name];
			if (word) root.dataset[name] = word;
			else delete root.dataset[name];
		}
		const fresh = all("form[data-look]", page);
		all("form[data-look]").forEach((old, place) => fresh[place] && old.replaceChildren(...fresh[place].childNodes));
		form.querySelector("button")?.focus();
	}).catch(() => location.assign("/settings"));
});

// Drafts are saved while one types; a save that failed is tried again and said.
for (const form of all("form[data-autosave]")) part(() => {
	const fields = () => new URLSearchParams([...new FormData(form)].filter(([name, value]) => name !== "once" && typeof value === "string")).toString();
	let state = form.querySelector("[data-autosave-state]");
	if (!state) form.append(state = make("p", "", "autosave-state"));
	set(state, "role", "status");
	let saved = fields(), timer, busy = false, sent = false;
	const later = (ms) => { clearTimeout(timer); timer = setTimeout(save, ms); };
	async function save(leaving) {
		clearTimeout(timer);
		const now = fields();
		if (sent || now === saved) return;
		if (busy && leaving !== true) return later(1500);
		busy = true;
		state.textContent = "正在保存…";
		try {
			const answer = await fetch(form.dataset.autosave, { method: "POST", body: new URLSearchParams(now), keepalive: leaving === true && now.length < 60000 });
			if (answer.status === 401) state.textContent = "登录已结束。请继续填写，提交时会请您重新登录。";
			else if (!answer.ok) throw new Error(answer.status);
			else { saved = now; seen = Date.now(); state.textContent = "已保存 " + new Date().toTimeString().slice(0, 5); }
			state.classList.toggle("failed", !answer.ok);
		} catch {
			state.textContent = "没有保存成功，会自动再试。";
			state.classList.add("failed");
			later(10000);
		}
		busy = false;
	}
	on(form, "input", () => later(1500));
	on(form, "focusout", () => later(300));
	on(doc, "visibilitychange", () => doc.visibilityState === "hidden" && save(true));
	on(form, "submit", () => { sent = true; clearTimeout(timer); });
	on(window, "pageshow", () => { sent = false; });
	on(window, "beforeunload", (e) => !sent && state.matches(".failed") && fields() !== saved && e.preventDefault());
});

// Blocks that belong to an answer: data-when="field=value|other".
part(() => {
	const blocks = all("[data-when]");
	const show = () => {
		for (const block of blocks) {
			const at = block.dataset.when.indexOf("="), form = block.closest("form");
			if (!form || at < 1) continue;
			const given = new FormData(form).getAll(block.dataset.when.slice(0, at));
			block.hidden = !block.dataset.when.slice(at + 1).split("|").some((value) => given.includes(value));
		}
	};
	if (blocks.length) { on(doc, "change", show); on(doc, "input", show); on(window, "pageshow", show); show(); }
});

// Chosen files are shown; large photos are made smaller before they travel.
const size = (bytes) => bytes < 1048576 ? Math.max(1, Math.round(bytes / 1024)) + " KB" : (bytes / 1048576).toFixed(1) + " MB";
async function shrunk(file) {
	if (!/^image\/(jpeg|png|webp)$/.test(file.type)) return file;
	try {
		const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
		const scale = Math.min(1, 2400 / Math.max(picture.width, picture.height));
		if (scale === 1 && file.size <= 1500000) return file;
		const canvas = make("canvas"), width = canvas.width = Math.round(picture.width * scale), height = canvas.height = Math.round(picture.height * scale);
		const brush = canvas.getContext("2d");
		brush.fillStyle = "#fff";
		brush.fillRect(0, 0, width, height);
		brush.drawImage(picture, 0, 0, width, height);
		const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
		if (!blob || blob.size >= file.size) return file;
		return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
	} catch { return file; }
}
on(doc, "change", async (e) => {
	const input = e.target;
	if (!input.matches("input[type=file]")) return;
	const chosen = [...input.files];
	let files = chosen;
	if ("shrink" in input.dataset && chosen.length) {
		files = [];
		for (const file of chosen) files.push(await shrunk(file));
		if (chosen.some((file, place) => file !== input.files[place])) return;
		if (files.some((file, place) => file !== chosen[place])) part(() => {
			const basket = new DataTransfer();
			files.forEach((file) => basket.items.add(file));
			input.files = basket.files;
		});
	}
	if (!("preview" in input.dataset)) return;
	if (input.nextElementSibling?.matches(".previews")) input.nextElementSibling.remove();
	const list = make("ul", "", "previews");
	set(list, "aria-label", "已选文件");
	files.forEach((file, place) => {
		const item = make("li");
		if (/^image\/(jpeg|png|webp|gif)$/.test(file.type)) {
			const picture = make("img"), url = URL.createObjectURL(file);
			picture.alt = "";
			picture.onload = picture.onerror = () => URL.revokeObjectURL(url);
			picture.src = url;
			item.append(picture);
		}
		const smaller = file !== chosen[place] ? "，已压缩" : "";
		item.append(make("span", file.name), make("span", size(file.size) + smaller, "hint"));
		list.append(item);
	});
	if (files.length) input.after(list);
});

// One tap is enough.
on(doc, "submit", (e) => {
	const form = e.target;
	if (e.defaultPrevented || !form.matches("form[data-once]")) return;
	if (form.dataset.sent) return e.preventDefault();
	form.dataset.sent = "yes";
	for (const button of all("button:not([type=button])", form)) set(button, "aria-disabled", "true");
});
on(window, "pageshow", (e) => {
	if (e.persisted) for (const form of all("form[data-sent]")) {
		delete form.dataset.sent;
		for (const button of all("[aria-disabled]", form)) button.removeAttribute("aria-disabled");
	}
});

// Select all, and how many are selected.
part(() => {
	const members = (head) => all("input[type=checkbox]", head.closest("form") ?? doc).filter((box) => box.name === head.dataset.selectAll);
	const count = () => {
		for (const head of all("[data-select-all]")) {
			const boxes = members(head), ticked = boxes.filter((box) => box.checked).length;
			head.checked = ticked > 0 && ticked === boxes.length;
			head.indeterminate = ticked > 0 && ticked < boxes.length;
			for (const text of all("[data-selected]")) text.textContent = "已选 " + ticked + " 件";
		}
	};
	on(doc, "change", (e) => {
		const head = e.target;
		if (head.matches("[data-select-all]")) for (const box of members(head)) box.checked = head.checked;
		count();
	});
	count();
});

on(doc, "click", (e) => { if (e.target.closest?.("[data-print]")) print(); });

// Keys, shown with ? and switched off there.
part(() => {
	const keyed = all("[data-shortcut]");
	if (!keyed.length) return;
	let off = false;
	part(() => { off = localStorage.shortcuts === "off"; });
	const dialog = make("dialog", "", "shortcuts"), list = make("dl"), label = make("label"), box = make("input"), close = make("button", "关闭", "button quiet");
	for (const node of keyed) {
		const name = (node.getAttribute("aria-label") ?? node.textContent).trim() || node.labels?.[0]?.textContent;
		const row = make("div"), key = make("dt");
		key.append(make("kbd", node.dataset.shortcut));
		row.append(key, make("dd", name));
		list.append(row);
		set(node, "aria-keyshortcuts", node.dataset.shortcut);
	}
	box.type = "checkbox";
	box.checked = !off;
	on(box, "change", () => { off = !box.checked; localStorage.shortcuts = off ? "off" : "on"; });
	label.append(box, " 使用快捷键");
	on(close, "click", () => dialog.close());
	set(dialog, "aria-label", "快捷键");
	dialog.append(make("h2", "快捷键"), list, label, close);
	const opener = make("button", "快捷键 ?", "shortcuts-open");
	opener.type = "button";
	on(opener, "click", () => dialog.showModal());
	doc.querySelector("main")?.append(opener, dialog);
	on(doc, "keydown", (e) => {
		if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || dialog.open || typing(e.target)) return;
		if (e.key === "?") return dialog.showModal();
		const node = !off && keyed.find((one) => one.dataset.shortcut === e.key && one.offsetParent);
		if (!node) return;
		e.preventDefault();
		if (typing(node)) node.focus(); else node.click();
	});
});

// Before a session ends one hears of it.
for (const bar of all("[data-session-ends]")) part(() => {
	const tell = () => {
		const minutes = Math.ceil((seen - Date.now()) / 60000 + bar.dataset.sessionEnds / 60);
		bar.hidden = !(minutes <= 5);
		bar.textContent = (minutes > 0 ? "登录将在 " + minutes + " 分钟后结束。" : "登录已结束。") + "填写的内容不会丢失，提交时重新登录即可。";
	};
	tell();
	setInterval(tell, 30000);
});
