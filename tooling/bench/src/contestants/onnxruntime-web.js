import * as ort from 'onnxruntime-web'
import { leavesOf, optimise, trace, withLeaves } from '@elbo/tensor'
import { toOnnx } from '@elbo/bench/onnx'
import { programOf, specsOf } from '../works/programs.js'

/** Our passes up to fusing, which ONNX Runtime does for itself. */
const passes = ['fold', 'merge', 'contract', 'prune']

const tensorOf = ({ data, shape, dtype }) =>
  dtype === 'f32'
    ? new ort.Tensor('float32', data, shape)
    : new ort.Tensor('int32', new Int32Array(data.buffer, data.byteOffset, data.length), shape)

const leaves = tree => leavesOf(tree).map(({ leaf }) => leaf)

const fed = (names, arrays) => Object.fromEntries(names.map((name, i) => [name, tensorOf(arrays[i])]))

/** A program in ONNX Runtime: the graph takes the state and gives the next, and its session keeps nothing in between. */
const opened = async ({ step, state, data }) => {
  const traced = trace(step, { state, inputs: specsOf(data) })
  const model = toOnnx(optimise(traced.program, passes))
  const session = await ort.InferenceSession.create(model.bytes, {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'all',
  })
  let now = fed(model.state, leaves(state))
  const given = fed(model.inputs, leaves(data))
  return {
    step: async () => {
      const made = await session.run({ ...now, ...given })
      now = Object.fromEntries(model.state.map((name, i) => [name, made[model.nextState[i]] ?? now[name]]))
      return model.outputs.map(name => made[name].data[0])
    },
    state: () =>
      withLeaves(
        state,
        model.state.map(name => now[name]),
      ),
    release: () => session.release(),
  }
}

/** ONNX's own draws: there is no translation of ours. */
const draws = async ({ n }) => {
  const { graph, modelBytes } = await import('@elbo/bench/onnx')
  const main = graph()
  const name = main.node('RandomNormal', [], { shape: [n] })
  const bytes = modelBytes(main.finish([], [[name, { shape: [n], dtype: 'f32' }]]))
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] })
  let last
  return {
    step: async () => {
      last = (await session.run({}))[name]
    },
    result: () => last.data,
  }
}

/** ONNX Runtime's WebAssembly build on the works' own programs, each one graph. */
export const prepare = async ({ kind, sizes, arrays, threads }) => {
  ort.env.wasm.numThreads = threads
  ort.env.logLevel = 'error'
  if (kind === 'normal') return draws(sizes)
  const program = programOf(kind, arrays, sizes, 'adam')
  if (kind === 'compile') {
    let session
    return {
      step: async () => {
        await session?.release()
        session = await opened(program)
      },
      result: async () => {
        await session.step()
        return program.result(session.state()).data
      },
    }
  }
  const session = await opened(program)
  if (program.result === undefined) return { step: async () => (await session.step())[0] }
  return { step: session.step, result: () => program.result(session.state()).data }
}
