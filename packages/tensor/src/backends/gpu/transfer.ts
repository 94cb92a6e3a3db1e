import { sizeOf } from '../../shape/index.js'
import { hostArray } from '../../graph/dtype.js'
import type { NDArray } from '../../graph/ndarray.js'
import type { Spec } from '../../graph/tensor.js'
import type { Instruction } from '../../program/program.js'
import { concat } from './kernels/layout.js'
import { writeKernel } from './kernels/writer.js'
import type { Device, DeviceArray, Kernel } from './library.js'
import { numberPool } from './numbers.js'
import { mostBuffers } from './rewrite.js'

/** Host data as the device holds them: whole numbers rounded to f32. */
export const toFloats = ({ data }: NDArray): Float32Array => Float32Array.from(data)

/** What the device holds, as host data. */
export const fromFloats = ({ shape, dtype }: Spec, floats: Float32Array): NDArray => {
  const data = hostArray(dtype, floats.length)
  data.set(floats)
  return { shape, dtype, data }
}

const copyText = 'function kernel(a0) {\nconst i = this.thread.x;\nreturn a0[i];\n}'

/** A kernel whose result is its operand: it brings host data to the device, or makes a second buffer of a value. */
export const copying = (device: Device, size: number): Kernel =>
  device.isApart
    ? device.kernel({ source: copyText, output: [size] })
    : {
        run: ([array]) => Promise.resolve((array as Float32Array).slice()),
        release: () => undefined,
      }

/** A kernel that puts arrays one after the other. */
const joining = (device: Device, sizes: readonly number[]): Kernel => {
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const inputs = sizes.map((_, i) => i)
  const instruction: Instruction<'concat'> = {
    name: 'concat',
    params: { axis: 0 },
    inputs,
    outputs: [sizes.length],
  }
  const { source, reads } = writeKernel(
    {
      specOf: value => ({ shape: [sizes[value] ?? total], dtype: 'f32' }),
      inlined: () => undefined,
      bufferOf: value => value,
      expression: () => '',
      numbers: numberPool(),
      rounds: false,
    },
    (writer, index) => concat(writer, instruction, index),
  )
  const kernel = device.kernel({ source, output: [total] })
  return { ...kernel, run: arrays => kernel.run(reads.map(source => arrays[source as number])) }
}

/** Reads several buffers at once: joined into one on the device, because each readback waits for the device anew. */
export interface Reader {
  read(arrays: readonly DeviceArray[]): Promise<readonly Float32Array[]>
  release(): void
}

export const reader = (device: Device, specs: readonly Spec[]): Reader => {
  const sizes = specs.map(({ shape }) => sizeOf(shape))
  const joins: { readonly kernel: Kernel; readonly from: number; readonly to: number }[][] = []
  let lengths = sizes
  while (device.isApart && lengths.length > 1) {
    const level: { kernel: Kernel; from: number; to: number }[] = []
    const next: number[] = []
    for (let from = 0; from < lengths.length; from += mostBuffers) {
      const some = lengths.slice(from, from + mostBuffers)
      const size = some.reduce((sum, n) => sum + n, 0)
      level.push({ kernel: joining(device, some), from, to: from + some.length })
      next.push(size)
    }
    joins.push(level)
    lengths = next
  }
  return {
    read: async arrays => {
      if (joins.length === 0) return Promise.all(arrays.map(array => device.read(array)))
      let joined = arrays
      for (const level of joins)
        joined = await Promise.all(level.map(({ kernel, from, to }) => kernel.run(joined.slice(from, to))))
      const all = await device.read(joined[0])
      let start = 0
      return sizes.map(size => all.slice(start, (start += size)))
    },
    release: () => joins.flat().forEach(({ kernel }) => kernel.release()),
  }
}
