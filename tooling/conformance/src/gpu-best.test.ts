import { run, tensor, type Program } from '@elbo/tensor'
import { best, gpu } from '@elbo/tensor/gpu'
import { flatten } from '@elbo/tensor/internals'
import { describe, expect, it } from '@jest/globals'
import { installWebGpu } from './dawn.js'

const program: Program = flatten({ state: [], inputs: [], nextState: [], outputs: [tensor([1, 2], [2])] })

describe('best, in Node', () => {
  it('is the CPU where there is no GPU, and says why', async () => {
    const session = await run((await run(best({ threads: 1 }))).open(program, []))
    expect(session.executed).toEqual({
      backend: 'cpu',
      threads: 1,
      fallbackReason: expect.stringMatching(
        /^webgpu: no WebGPU adapter; .*; webgl2: gpu\.js has no mode webgl2 here: /,
      ),
    })
    await run(session.dispose)
  })

  it('is never something else than was asked for', async () => {
    expect(await gpu({ mode: 'webgpu' })()).toMatchObject({
      _tag: 'Left',
      left: { _tag: 'Unavailable', backend: 'gpu' },
    })
    expect(await gpu({ mode: 'webgl2' })()).toMatchObject({
      _tag: 'Left',
      left: { _tag: 'Unavailable', backend: 'gpu' },
    })
  })

  it('passes over a device that computes wrong', async () => {
    installWebGpu()
    const { GPUDevice } = globalThis as unknown as {
      GPUDevice: { prototype: { createShaderModule: (about: { code: string }) => unknown } }
    }
    const original = GPUDevice.prototype.createShaderModule
    // A driver whose additions lose a little.
    GPUDevice.prototype.createShaderModule = function ({ code }) {
      return original.call(this, {
        code: code.replace(
          /result\[data_index\] = (.*);return;/,
          'result[data_index] = ($1) * 1.001;return;',
        ),
      })
    }
    try {
      const session = await run((await run(best({ modes: ['webgpu'], threads: 1 }))).open(program, []))
      expect(session.executed).toMatchObject({
        backend: 'cpu',
        fallbackReason: expect.stringMatching(/^webgpu: it computes wrong: /),
      })
      await run(session.dispose)
    } finally {
      GPUDevice.prototype.createShaderModule = original
    }
    const session = await run((await run(best())).open(program, []))
    expect(session.executed).toEqual({ backend: 'gpu', threads: 1, mode: 'webgpu' })
    await run(session.dispose)
  })
})
