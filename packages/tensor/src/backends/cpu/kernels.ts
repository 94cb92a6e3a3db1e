import type { Pass } from './code/pass.js'
import { passesModule } from './code/passes.js'
import { kernels as encoded } from './kernels.generated.js'
import type { Modules } from './link.js'
import { unshareMemoryImport } from './memory-import.js'

/** The compiled kernels. */
export interface Kernels {
  /** For a shared memory, or for a plain one. Compiled once per process each. */
  module(shared: boolean): Promise<WebAssembly.Module>
}

const decode = async (): Promise<Uint8Array<ArrayBuffer>> => {
  const deflated = Uint8Array.from(atob(encoded), character => character.charCodeAt(0))
  const stream = new Blob([deflated]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

let sharedModule: Promise<WebAssembly.Module> | undefined
let plainModule: Promise<WebAssembly.Module> | undefined

export const kernels: Kernels = {
  module: shared =>
    shared
      ? (sharedModule ??= decode().then(bytes => WebAssembly.compile(bytes)))
      : (plainModule ??= decode().then(bytes => WebAssembly.compile(unshareMemoryImport(bytes)))),
}

/** The kernels, and the passes of one program, compiled. */
export const modulesFor = async (
  passes: readonly Pass[],
  from: Kernels,
  shared: boolean,
): Promise<Modules> => {
  const kernelModule = await from.module(shared)
  if (passes.length === 0) return { kernels: kernelModule, count: 0 }
  return {
    kernels: kernelModule,
    passes: await WebAssembly.compile(passesModule(passes, shared)),
    count: passes.length,
  }
}
