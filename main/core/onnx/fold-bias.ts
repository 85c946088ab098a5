import type { Constant, Node, OnnxModel } from './model.ts'

/** What a model's nodes read and who reads what they make. */
export function linksOf({ nodes, constants }: Pick<OnnxModel, 'nodes' | 'constants'>) {
  const known = new Map(constants.map((constant) => [constant.name, constant]))
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)))
  const users = new Map<string, Node[]>()
  for (const node of nodes) for (const name of new Set(node.inputs)) users.set(name, [...users.get(name) ?? [], node])
  /** The constant behind a value, seen through a Reshape. */
  const constantOf = (name: string): Constant | undefined => {
    const maker = makers.get(name)
    return known.get(name) ?? (maker?.type === 'Reshape' ? known.get(maker.inputs[0]) : undefined)
  }
  return { constantOf, makers, users: (name: string) => users.get(name) ?? [] }
}

/**
 * Takes the addition of one constant a channel, which is what a frozen batch norm leaves, into the convolution before it.
 *
 * @returns The same function with fewer nodes; what is no longer used is still there.
 */
export function foldBiases(model: OnnxModel): OnnxModel {
  const { constantOf, users } = linksOf(model)
  const folded = new Map<Node, Node>()
  const gone = new Set<Node>()
  for (const node of model.nodes) {
    if (node.type !== 'Conv' || node.inputs.length !== 2) continue
    const channels = constantOf(node.inputs[1])?.shape[0]
    const [next, ...others] = users(node.outputs[0])
    if (others.length > 0 || next?.type !== 'Add') continue
    const bias = constantOf(next.inputs.find((name) => name !== node.outputs[0]) ?? '')
    if (bias?.type !== 'float32' || bias.values.length !== channels || bias.shape.length !== 1) continue
    folded.set(next, { ...node, inputs: [...node.inputs, bias.name], outputs: next.outputs })
    gone.add(node)
  }
  return { ...model, nodes: model.nodes.filter((node) => !gone.has(node)).map((node) => folded.get(node) ?? node) }
}
