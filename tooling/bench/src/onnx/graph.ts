import { create, toBinary } from '@bufbuild/protobuf'
import type { DType, HostArray, Shape, Spec } from '@elbo/tensor'
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProto_DataType as DataType,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from 'onnx-buf'

/** The version of ONNX's operators that rules are written for (ONNX 1.13), and that of its file format. */
const opset = 18n
const irVersion = 8n

/** The element type in which a graph holds each of ours. u32 is held as int32 with the same bits: few kernels of ONNX Runtime take uint32. */
export const typeOf: Readonly<Record<DType, DataType>> = {
  f32: DataType.FLOAT,
  i32: DataType.INT32,
  u32: DataType.INT32,
  bool: DataType.BOOL,
}

/** What parametrises a node. None of the operators in use needs a single float. */
export type Attributes = Readonly<Record<string, number | readonly number[] | string | GraphProto>>

const attribute = (name: string, value: Attributes[string]): AttributeProto => {
  if (typeof value === 'number')
    return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) })
  if (typeof value === 'string')
    return create(AttributeProtoSchema, {
      ...{ name, type: AttributeType.STRING, s: new TextEncoder().encode(value) },
    })
  if ('node' in value) return create(AttributeProtoSchema, { name, type: AttributeType.GRAPH, g: value })
  return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: value.map(BigInt) })
}

const tensor = (name: string, dataType: DataType, shape: Shape, data: ArrayBufferView): TensorProto =>
  create(TensorProtoSchema, {
    ...{ name, dataType, dims: shape.map(BigInt) },
    // A copy, which the format wants little-endian, as every platform that runs JavaScript is.
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice(),
  })

/** A value as an input or an output of a graph. */
const named = (name: string, { shape, dtype }: Spec): ValueInfoProto =>
  create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, {
      value: {
        case: 'tensorType',
        value: create(TypeProto_TensorSchema, {
          elemType: typeOf[dtype],
          shape: create(TensorShapeProtoSchema, {
            dim: shape.map(n =>
              create(TensorShapeProto_DimensionSchema, { value: { case: 'dimValue', value: BigInt(n) } }),
            ),
          }),
        }),
      },
    }),
  })

/** A name and what stands under it. */
export type Named = readonly [name: string, spec: Spec]

/** Writes the nodes of one graph. A value is known by its name. */
export interface Graph {
  /** A name that no other value of the model has. */
  fresh(): string
  /** Appends a node and yields the name of its first output, or of each where `outputs` are asked for. */
  node(operator: string, inputs: readonly string[], attributes?: Attributes): string
  nodes(operator: string, inputs: readonly string[], attributes: Attributes, outputs: number): string[]
  /** A constant in the element type of ours. */
  constant<D extends DType>(dtype: D, shape: Shape, data: HostArray<D>): string
  /** A list of whole numbers (int64), as operators take their sizes, axes and places. Equal lists are one constant. */
  integers(numbers: readonly number[]): string
  /** A graph inside a node of this one, which may use every value that stands before that node. */
  inner(): Graph
  finish(inputs: readonly Named[], outputs: readonly Named[]): GraphProto
}

/** What a graph and those inside it share: how many values they have named, and which of them nodes read. */
interface Names {
  count: number
  readonly read: Set<string>
}

const writer = (names: Names): Graph => {
  const nodes: NodeProto[] = []
  const initializers: TensorProto[] = []
  const lists = new Map<string, string>()
  const fresh = (): string => `v${names.count++}`
  const append: Graph['nodes'] = (opType, input, attributes, outputs) => {
    const output = Array.from({ length: outputs }, fresh)
    input.forEach(name => names.read.add(name))
    nodes.push(
      create(NodeProtoSchema, {
        ...{ opType, input: [...input], output },
        attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
      }),
    )
    return output
  }
  const initializer = (type: DataType, shape: Shape, data: ArrayBufferView): string => {
    const name = fresh()
    initializers.push(tensor(name, type, shape, data))
    return name
  }
  return {
    fresh,
    nodes: append,
    node: (operator, inputs, attributes = {}) => append(operator, inputs, attributes, 1)[0],
    constant: (dtype, shape, data) => initializer(typeOf[dtype], shape, data),
    integers: numbers => {
      const key = numbers.join()
      const name =
        lists.get(key) ??
        initializer(
          DataType.INT64,
          [numbers.length],
          BigInt64Array.from(numbers, n => BigInt(n)),
        )
      lists.set(key, name)
      return name
    },
    inner: () => writer(names),
    finish: (inputs, outputs) =>
      create(GraphProtoSchema, {
        ...{
          name: 'elbo',
          node: nodes,
          initializer: initializers.filter(({ name }) => names.read.has(name)),
        },
        input: inputs.map(([name, spec]) => named(name, spec)),
        output: outputs.map(([name, spec]) => named(name, spec)),
      }),
  }
}

export const graph = (): Graph => writer({ count: 0, read: new Set() })

/** A model of one graph, as the bytes of an `.onnx` file. */
export const modelBytes = (main: GraphProto): Uint8Array =>
  toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      ...{ irVersion, producerName: 'elbo', graph: main },
      opsetImport: [create(OperatorSetIdProtoSchema, { domain: '', version: opset })],
    }),
  )
