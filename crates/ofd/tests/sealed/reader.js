// Opens the file of the page in ofd.js and writes what was drawn, and where, as JSON into the page.
const said = (text) => {
  const place = document.createElement("pre");
  place.id = "said";
  place.textContent = text;
  document.body.replaceChildren(place);
};
const box = (element, page) => {
  const [at, from] = [element.getBoundingClientRect(), page.getBoundingClientRect()];
  // The page is drawn 840 dots wide: four for each millimetre.
  return [at.x - from.x, at.y - from.y, at.width, at.height].map((value) => value / 4);
};
const look = (pages) => {
  for (const page of pages) document.body.append(page);
  const page = pages[0];
  const seals = [...document.querySelectorAll('[name="seal_img_div"]')];
  const picture = (seal) => seal.querySelector("image, img");
  said(JSON.stringify({
    pages: pages.length,
    size: [page.getBoundingClientRect().width / 4, page.getBoundingClientRect().height / 4],
    // Halves of characters beyond the basic plane are drawn as two boxes: no text, so they are not told as text.
    text: [...document.querySelectorAll("svg text")].map((one) => [
      one.textContent.replace(/[\ud800-\udfff]/g, "□"),
      ...box(one, page),
    ]),
    seals: seals.map((seal) => ({
      place: box(seal, page),
      picture: (picture(seal)?.getAttribute("xlink:href") ?? picture(seal)?.src ?? seal.innerHTML).slice(0, 200),
      verdict: JSON.parse(seal.dataset.sesSignature).verifyRet ?? null,
      name: JSON.stringify(JSON.parse(seal.dataset.sesSignature)).includes("筑城市市场监督管理局"),
      info: seal.dataset.signedInfo.slice(0, 600),
    })),
  }));
};
try {
  const bytes = Uint8Array.from(atob(document.getElementById("file").textContent), (c) => c.charCodeAt(0));
  ofd.parseOfdDocument({
    ofd: new File([bytes], "sealed.ofd"),
    success(read) {
      try {
        look(ofd.renderOfd(840, Array.isArray(read) ? read[0] : read));
      } catch (error) {
        said("not drawn: " + error.stack);
      }
    },
    fail: (error) => said("not read: " + (error?.stack ?? error)),
  });
} catch (error) {
  said("not opened: " + error.stack);
}
