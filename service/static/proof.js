// A second of work in the background: whoever does it may send more in an hour. Without scripts the form works as well.
const form = document.querySelector("[data-proof]");

async function findProof(token, bits) {
  const words = new TextEncoder();
  for (let number = 0; ; number += 1) {
    const digest = await crypto.subtle.digest("SHA-256", words.encode(`${token}.${number}`));
    if (new DataView(digest).getUint32(0) >>> (32 - bits) === 0) return String(number);
  }
}

if (form && globalThis.crypto?.subtle) {
  findProof(form.elements.formulir.value, Number(form.dataset.proof)).then((proof) => {
    form.elements.bukti_kerja.value = proof;
  });
}
