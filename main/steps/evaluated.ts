/** What was evaluated: a round's network (or the initial masks), or the last network with the dense CRF behind it. */
export type EvaluatedKind = 'round' | 'crf'

/** Name under which the evaluated labels of a photo with truth are kept. */
export const evaluatedKey = (round: number, kind: EvaluatedKind, imageId: number) => `${round}/${kind}/${imageId}`
