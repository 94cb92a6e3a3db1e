export { toOnnx, type OnnxModel } from './translate.js'
export { graph, modelBytes, type Graph, type Named } from './graph.js'
export { NoGraph } from './writing.js'
