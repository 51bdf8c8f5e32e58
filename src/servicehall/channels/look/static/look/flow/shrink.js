// Photos are made smaller before they are sent: a telephone's takes minutes on a hall's network, and nobody needs all of it.

export const LONGEST_SIDE = 1600; // px
export const QUALITY = 0.85; // JPEG
const PHOTOS = new Set(["image/jpeg", "image/png", "image/webp"]);

/** The size in which a picture is sent: as it is, or with its longest side shortened. */
export function fitted(width, height) {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height, 1));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** The picture of a video or a bitmap as a file, upright as it is seen. */
export async function drawn(source, width, height, name) {
  const sheet = document.createElement("canvas");
  ({ width: sheet.width, height: sheet.height } = fitted(width, height));
  const pen = sheet.getContext("2d");
  // What lets something through would be black in a JPEG.
  pen.fillStyle = "white";
  pen.fillRect(0, 0, sheet.width, sheet.height);
  pen.drawImage(source, 0, 0, sheet.width, sheet.height);
  const blob = await new Promise((done) => sheet.toBlob(done, "image/jpeg", QUALITY));
  if (!blob) throw new Error("no picture");
  return new File([blob], name, { type: "image/jpeg" });
}

/** The file made smaller where that makes it smaller; the original where the browser cannot. */
export async function shrunk(file) {
  if (!PHOTOS.has(file.type)) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const { width, height } = picture;
    if (file.type === "image/jpeg" && fitted(width, height).width === width) return file;
    try {
      const made = await drawn(picture, width, height, file.name.replace(/\.\w+$/, "") + ".jpg");
      return made.size < file.size ? made : file;
    } finally {
      picture.close();
    }
  } catch {
    return file;
  }
}
