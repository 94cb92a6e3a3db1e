/** What is alive on the page's devices. */
export interface Live {
  readonly buffers: number
  readonly textures: number
}

export interface Devices {
  readonly live: Live
  /** Takes every device away, as a driver that crashes does. */
  readonly lose: () => void
}

type Method = (...args: unknown[]) => unknown

/** Lets `after` see what a method of a class of the page was called on, with and gave. */
const watch = (
  type: string,
  name: string,
  after: (self: object, result: unknown, args: readonly unknown[]) => void,
): void => {
  const known = globalThis as unknown as Record<string, { readonly prototype: object } | undefined>
  const methods = known[type]?.prototype as Record<string, Method> | undefined
  if (methods === undefined) return
  const original = methods[name]
  methods[name] = function (this: object, ...args) {
    const result = original.apply(this, args)
    after(this, result, args)
    return result
  }
}

/** Counts WebGPU buffers and WebGL textures, from before the first is made. */
export const watchDevices = (): Devices => {
  const live = { buffers: 0, textures: 0 }
  const counted = new WeakSet<object>()
  const gpus = new Set<{ destroy: () => void }>()
  const contexts = new Set<WebGL2RenderingContext>()
  const made = (kind: keyof Live) => (_: object, result: unknown) => {
    counted.add(result as object)
    live[kind]++
  }
  const gone = (kind: keyof Live, thing: unknown): void => {
    if (thing && counted.delete(thing)) live[kind]--
  }
  watch('GPUDevice', 'createBuffer', (self, result) => {
    gpus.add(self as { destroy: () => void })
    made('buffers')(self, result)
  })
  watch('GPUBuffer', 'destroy', self => gone('buffers', self))
  watch('WebGL2RenderingContext', 'createTexture', (self, result) => {
    contexts.add(self as WebGL2RenderingContext)
    made('textures')(self, result)
  })
  watch('WebGL2RenderingContext', 'deleteTexture', (_, __, [texture]) => gone('textures', texture))
  return {
    live,
    lose: () => {
      gpus.forEach(device => device.destroy())
      contexts.forEach(context => context.getExtension('WEBGL_lose_context')?.loseContext())
    },
  }
}

type Spoil = (text: string) => string

/** Changes what a method of a class of the page is called with; yields how to change it back. */
const rewriting = (
  type: string,
  name: string,
  change: (args: readonly unknown[]) => readonly unknown[],
): (() => void) => {
  const known = globalThis as unknown as Record<string, { readonly prototype: object }>
  const methods = known[type].prototype as Record<string, Method>
  const original = methods[name]
  methods[name] = function (this: object, ...args) {
    return original.apply(this, [...change(args)])
  }
  return () => {
    methods[name] = original
  }
}

const wgsl: Spoil = code =>
  code.replace(/result\[data_index\] = (.*);return;/, 'result[data_index] = ($1) * 1.001;return;')
const glsl: Spoil = code => code.replace('data0[0] = kernelResult;', 'data0[0] = kernelResult * 1.001;')

/** Makes the drivers of a way to the GPU compute a little wrong; yields how to mend them. */
export const spoil = (mode: 'webgpu' | 'webgl2'): (() => void) =>
  mode === 'webgpu'
    ? rewriting('GPUDevice', 'createShaderModule', ([about]) => {
        const given = about as { readonly code: string }
        return [{ ...given, code: wgsl(given.code) }]
      })
    : rewriting('WebGL2RenderingContext', 'shaderSource', ([shader, source]) => [
        shader,
        glsl(source as string),
      ])
