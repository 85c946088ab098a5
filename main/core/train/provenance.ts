/** Where the label of a pixel comes from; one code per pixel, [H, W]. */
export const provenance = {
  /** No label. */
  open: 0,
  /** Background: too little activation, or a photo without tags. */
  background: 1,
  /** The class activation map itself. */
  cam: 2,
  /** Its superpixel took it along. */
  superpixel: 3,
  /** No superpixel passed the rule; this was among the most active ones. */
  fallback: 4,
  /** The network's prediction as it came. */
  network: 5,
  /** The photo's tags changed the prediction. */
  tags: 6,
  /** The dense CRF changed it. */
  crf: 7,
  /** It differs from what the fixed camera sees there otherwise. */
  camera: 8,
} as const
export type Provenance = (typeof provenance)[keyof typeof provenance]
