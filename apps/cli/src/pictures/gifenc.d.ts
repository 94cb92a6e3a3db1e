/** The part of gifenc that is used here; the package has no types of its own. */
declare module 'gifenc' {
  interface Frame {
    /** Colours by number, at most 256: red, green and blue from 0 to 255. With the first frame it is the whole picture's. */
    readonly palette?: readonly (readonly [red: number, green: number, blue: number])[]
    /** Milliseconds. */
    readonly delay?: number
    /** 0 (the default): for ever; −1: once. */
    readonly repeat?: number
  }

  interface Encoder {
    readonly writeFrame: (indices: Uint8Array, width: number, height: number, frame?: Frame) => void
    readonly finish: () => void
    readonly bytes: () => Uint8Array
  }

  const gifenc: { readonly GIFEncoder: () => Encoder }
  export default gifenc
}
