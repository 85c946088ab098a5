import { describe, expect, it } from 'vitest'
import { parseCamera, pipelineOf } from '../../../main/core/camera/source.ts'

const tail = ['!', 'queue', 'max-size-buffers=0', 'max-size-time=0', 'max-size-bytes=536870912', '!', 'videoconvert', '!', 'video/x-raw,format=(string){GRAY8,RGB}', '!',
  'pngenc', 'compression-level=1', '!', 'fdsink', 'fd=3', 'sync=false']

describe('parseCamera', () => {
  it('knows the three kinds', () => {
    expect(parseCamera('genicam:Basler-acA1920 (21234567)')).toEqual({ kind: 'genicam', name: 'Basler-acA1920 (21234567)' })
    expect(parseCamera('v4l2:/dev/video12')).toEqual({ kind: 'v4l2', device: '/dev/video12' })
    expect(parseCamera('rtsp://user:secret@10.0.0.7:554/stream?channel=1')).toEqual({ kind: 'rtsp', url: 'rtsp://user:secret@10.0.0.7:554/stream?channel=1' })
  })
  it('lets nothing else into a command line', () => {
    const bad = ['', 'x', 'genicam:', 'genicam:"a"', 'genicam:a!b', 'genicam:a\nb', 'genicam:-x', "genicam:a'", 'genicam:a\\', 'v4l2:/dev/sda', 'v4l2:/dev/video0 ! filesink location=/etc/x',
      'v4l2:/dev/v4l/by-id/../../sda', 'rtsp://a b', 'rtsp://a!b', 'rtsp://a"', 'http://a', 'file:///etc/passwd', `genicam:${'a'.repeat(300)}`]
    for (const id of bad) expect(() => parseCamera(id), id).toThrow(RangeError)
  })
})

describe('pipelineOf', () => {
  it('sets and locks exposure and gain of a GenICam camera', () => {
    const source = parseCamera('genicam:Cam 1')
    expect(pipelineOf(source, {})).toEqual(['-q', 'aravissrc', 'camera-name=Cam 1', ...tail])
    expect(pipelineOf(source, { exposureUs: 8000, gain: 2.5 }).slice(0, 7)).toEqual(['-q', 'aravissrc', 'camera-name=Cam 1', 'exposure-auto=off', 'gain-auto=off', 'exposure=8000', 'gain=2.5'])
    expect(pipelineOf(source, { lock: true, mosaic: true }).slice(3, 8)).toEqual(['exposure-auto=off', 'gain-auto=off', '!', 'bayer2rgb', '!'])
  })
  it('counts the exposure of a video device in hundreds of microseconds', () => {
    const [, , , controls] = pipelineOf(parseCamera('v4l2:/dev/video0'), { exposureUs: 8000, gain: 3 })
    expect(controls).toBe('extra-controls=c,auto_exposure=1,exposure_auto=1,exposure_time_absolute=80,exposure_absolute=80,gain_automatic=0,gain=3')
    expect(pipelineOf(parseCamera('v4l2:/dev/video0'), {}).slice(0, 5)).toEqual(['-q', 'v4l2src', 'device=/dev/video0', '!', 'decodebin'])
  })
  it('thins pictures out before they are packed', () => {
    expect(pipelineOf(parseCamera('rtsp://h/x'), { everyS: 2.5 }).slice(1, 16)).toEqual(['rtspsrc', 'location=rtsp://h/x', 'protocols=tcp', 'latency=200', '!', 'decodebin', '!',
      'queue', 'max-size-buffers=1', 'max-size-time=0', 'max-size-bytes=0', 'leaky=downstream', '!', 'identity', 'sleep-time=200000'])
    expect(pipelineOf(parseCamera('rtsp://h/x'), { everyS: 0.05 })).toContain('sleep-time=50000')
  })
  it('refuses what is out of range, or what the camera does not have', () => {
    const source = parseCamera('genicam:Cam')
    for (const settings of [{ exposureUs: 0 }, { exposureUs: 1e9 }, { gain: -1 }, { gain: NaN }, { everyS: 0 }]) expect(() => pipelineOf(source, settings)).toThrow(RangeError)
    expect(() => pipelineOf(parseCamera('rtsp://h/x'), { exposureUs: 10 })).toThrow('network stream')
  })
})
