import { describe, expect, it } from '@jest/globals'
import { animationGif, spreadOver } from './animation.js'

/** What a GIF89a says of itself (the specification's sections 17 to 23), without the pixels. */
const parsed = (bytes: Uint8Array) => {
  const text = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to))
  const uint16 = (at: number) => bytes[at] + 256 * bytes[at + 1]
  const delays: number[] = []
  const frames: { readonly width: number; readonly height: number }[] = []
  let loops: number | undefined
  const afterBlocks = (from: number): number => {
    let at = from
    while (bytes[at] !== 0) at += bytes[at] + 1
    return at + 1
  }
  const colours = 2 ** ((bytes[10] & 7) + 1)
  let at = 13 + 3 * colours
  for (;;) {
    if (bytes[at] === 0x3b) break
    if (bytes[at] === 0x21) {
      if (bytes[at + 1] === 0xf9) delays.push(10 * uint16(at + 4))
      if (bytes[at + 1] === 0xff && text(at + 3, at + 11) === 'NETSCAPE') loops = uint16(at + 16)
      at = afterBlocks(at + 2)
    } else {
      frames.push({ width: uint16(at + 5), height: uint16(at + 7) })
      at = afterBlocks(at + 11)
    }
  }
  return { signature: text(0, 6), size: [uint16(6), uint16(8)], colours, delays, frames, loops, end: at + 1 }
}

describe('animationGif', () => {
  it('shows each picture in all greys, the last for longer, over and over again', () => {
    const data = Uint8Array.from({ length: 256 }, (_, i) => i)
    const pictures = [data, data.toReversed(), data].map(each => ({ data: each, width: 32, height: 8 }))
    const bytes = animationGif(pictures, { each: 80, last: 2000 })
    const size = { width: 32, height: 8 }
    expect(parsed(bytes)).toEqual({
      signature: 'GIF89a',
      size: [32, 8],
      colours: 256,
      delays: [80, 80, 2000],
      frames: [size, size, size],
      loops: 0,
      end: bytes.length,
    })
  })
})

it('pictures are spread evenly, the first and the last among them', () => {
  expect(spreadOver(3, 5)).toEqual([0, 1, 2])
  expect(spreadOver(1000, 5)).toEqual([0, 250, 500, 749, 999])
})
