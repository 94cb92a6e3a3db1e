import { encode } from 'fast-png'

/** Grey-scale images of one size. `data` is row-major over [image, row, column]; 0 is black, 255 white. */
export interface GreyImages {
  readonly data: Uint8Array
  readonly height: number
  readonly width: number
}

export interface GridLayout {
  /** Images per row. */
  readonly columns: number
  /** Each pixel becomes a square of this many. */
  readonly scale: number
  /** Pixels between neighbours. */
  readonly gutter: number
  /** Rows that belong together have a gutter between them, groups of rows three; 1 by default. */
  readonly rowsPerGroup?: number
}

/** Lighter than the images' black ground and darker than their white, so that the borders show. */
const ground = 40

/** Intensities in [0, 1] as bytes; what lies outside is clipped. */
export const bytesOf = (intensities: ArrayLike<number>): Uint8Array =>
  Uint8Array.from(intensities, value => Math.round(255 * Math.min(1, Math.max(0, value))))

/** One grey-scale picture, row-major. */
export interface GreyPicture {
  readonly data: Uint8Array
  readonly height: number
  readonly width: number
}

/** The images in rows from left to right. */
export const grid = (
  { data, height, width }: GreyImages,
  { columns, scale, gutter, rowsPerGroup = 1 }: GridLayout,
): GreyPicture => {
  const count = data.length / (height * width)
  const rows = Math.ceil(count / columns)
  const groupGap = rowsPerGroup > 1 ? 3 * gutter : gutter
  const top = (row: number): number => {
    const groups = Math.floor(row / rowsPerGroup)
    return groupGap + row * (height * scale + gutter) + groups * (groupGap - gutter)
  }
  const left = (column: number): number => gutter + column * (width * scale + gutter)
  const whole = { width: left(columns), height: top(rows - 1) + height * scale + groupGap }
  const pixels = new Uint8Array(whole.width * whole.height).fill(ground)
  for (let image = 0; image < count; image++) {
    const [x0, y0] = [left(image % columns), top(Math.floor(image / columns))]
    for (let y = 0; y < height * scale; y++) {
      const from = (image * height + Math.floor(y / scale)) * width
      const to = (y0 + y) * whole.width + x0
      for (let x = 0; x < width * scale; x++) pixels[to + x] = data[from + Math.floor(x / scale)]
    }
  }
  return { ...whole, data: pixels }
}

/** The images in rows from left to right, as a grey-scale PNG. */
export const gridPng = (images: GreyImages, layout: GridLayout): Uint8Array =>
  encode({ ...grid(images, layout), channels: 1, depth: 8 })
