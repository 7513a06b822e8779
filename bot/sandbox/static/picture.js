// Turns a picture file into what can be sent: small enough for a chat.

const LONGEST_SIDE = 1600;
const SMALL_BYTES = 300_000;
const QUALITY = 0.85;

function asDataUrl(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

/** The file as a data URL, scaled down to a JPEG when it is large; rejects what is no picture. */
export async function readPicture(file) {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  const canBeSent = ["image/png", "image/jpeg"].includes(file.type) && file.size <= SMALL_BYTES && scale === 1;
  if (canBeSent) return asDataUrl(file);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  const context = canvas.getContext("2d");
  // JPEG has no transparency; what was clear becomes paper rather than black.
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/jpeg", QUALITY);
}
