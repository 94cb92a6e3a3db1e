import { kernels as encoded } from './kernels.generated.js'
import { unshareMemoryImport } from './memory-import.js'

/** The compiled kernels. */
export interface Kernels {
  /** For a shared memory, or for a plain one. Compiled once per process each. */
  module(shared: boolean): Promise<WebAssembly.Module>
}

const decode = (): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(encoded), character => character.charCodeAt(0))

let sharedModule: Promise<WebAssembly.Module> | undefined
let plainModule: Promise<WebAssembly.Module> | undefined

export const kernels: Kernels = {
  module: shared =>
    shared
      ? (sharedModule ??= WebAssembly.compile(decode()))
      : (plainModule ??= WebAssembly.compile(unshareMemoryImport(decode()))),
}
