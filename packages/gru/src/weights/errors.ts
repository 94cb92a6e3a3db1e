interface Fault<Tag extends string> {
  readonly _tag: Tag
  /** What happened, where, and what to do. */
  readonly message: string
  readonly file: string
}

/** The file is laid out as somebody else's. */
export interface OtherLayout extends Fault<'OtherLayout'> {
  readonly expected: string
  readonly found: string
}

/** The weights were trained with the reset gate on the other side of the product. */
export interface OtherReset extends Fault<'OtherReset'> {
  /** Whether theirs acts after the product. */
  readonly resetAfter: boolean
}

export interface MissingWeight extends Fault<'MissingWeight'> {
  readonly name: string
}

/** A tensor of another shape or element type. */
export interface WrongWeight extends Fault<'WrongWeight'> {
  readonly name: string
  readonly expected: string
  readonly found: string
}

/** A tensor of a layer or a direction that the model does not have. */
export interface UnexpectedWeight extends Fault<'UnexpectedWeight'> {
  readonly name: string
}

export type WeightError = OtherLayout | OtherReset | MissingWeight | WrongWeight | UnexpectedWeight

export const otherLayout = (file: string, name: string, expected: string, found: string): OtherLayout => ({
  _tag: 'OtherLayout',
  file,
  expected,
  found,
  message: `${file} holds "${name}", as ${found} names its weights, where ${expected}'s were expected. Read it with the layout of ${found}.`,
})

export const otherReset = (file: string, layout: string, resetAfter: boolean): OtherReset => {
  const [theirs, ours] = resetAfter ? ['after', 'before'] : ['before', 'after']
  return {
    _tag: 'OtherReset',
    file,
    resetAfter,
    message: `${file}: these weights of ${layout} belong to a GRU whose reset gate acts ${theirs} the product, and the model's acts ${ours} it. They compute other things: build the model with resetAfter: ${resetAfter}.`,
  }
}

export const missingWeight = (file: string, name: string, expected: string): MissingWeight => ({
  _tag: 'MissingWeight',
  file,
  name,
  message: `${file} has no "${name}", where ${expected} was expected. It belongs to another model, or stands under another prefix.`,
})

export const wrongWeight = (file: string, name: string, expected: string, found: string): WrongWeight => ({
  _tag: 'WrongWeight',
  file,
  name,
  expected,
  found,
  message: `${file}: "${name}" is ${found}; the model has ${expected}. It belongs to another model.`,
})

export const unexpectedWeight = (file: string, name: string): UnexpectedWeight => ({
  _tag: 'UnexpectedWeight',
  file,
  name,
  message: `${file} holds "${name}", for which the model has no place: it has fewer layers, or one direction. Build it like the one that was trained.`,
})
