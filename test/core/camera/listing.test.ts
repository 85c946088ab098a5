import { expect, it } from 'vitest'
import { featuresOf, genicamCameras, lostPictures, missingElement, numberOf, reasonOf, videoDevices } from '../../../main/core/camera/listing.ts'

it('reads the cameras of arv-tool', () => {
  expect(genicamCameras('Aravis-Fake-GV01 (127.0.0.1)\nThe Imaging Source-DFK (USB)-123 (USB3)\nNo device found\n')).toEqual([
    { id: 'genicam:Aravis-Fake-GV01', name: 'Aravis-Fake-GV01 (127.0.0.1)' }, { id: 'genicam:The Imaging Source-DFK (USB)-123', name: 'The Imaging Source-DFK (USB)-123 (USB3)' },
  ])
})

it('reads the video devices of gst-device-monitor, and each once', () => {
  const text = `Probing devices...


Device found:

\tname  : HD Webcam C920
\tclass : Video/Source
\tcaps  : video/x-raw, format=YUY2, width=1920, height=1080
\tproperties:
\t\tudev-probed = true
\t\tdevice.path = /dev/video0
\tgst-launch-1.0 v4l2src device=/dev/video0 ! ...


Device found:

\tname  : HD Webcam C920
\tclass : Video/Source
\tgst-launch-1.0 pipewiresrc target-object=42 ! ...
`
  expect(videoDevices(text)).toEqual([{ id: 'v4l2:/dev/video0', name: 'HD Webcam C920 (/dev/video0)' }])
  expect(videoDevices('Probing devices...\n')).toEqual([])
})

it('reads features with their range', () => {
  const features = featuresOf("Cam (1.2.3.4)\nExposureTimeAbs = 8000 min:10 max:1e+07\nFeature 'ExposureTime' not found\nGain = 2.5 dB min:0 max:24\nPixelFormat = BayerRG8\nGainAuto = Off\n")
  expect(numberOf(features, ['ExposureTime', 'ExposureTimeAbs'])).toEqual({ value: 8000, min: 10, max: 1e7 })
  expect(numberOf(features, ['Gain'])).toEqual({ value: 2.5, min: 0, max: 24 })
  expect(numberOf(features, ['PixelFormat', 'Nothing'])).toBeNull()
  expect(features.get('GainAuto')).toBe('Off')
})

it('reads what went wrong and what was lost', () => {
  expect(missingElement('WARNING: erroneous pipeline: no element "aravissrc"')).toBe('aravissrc')
  expect(missingElement('ERROR: something else')).toBeNull()
  expect(reasonOf('noise\nERROR: from element /GstPipeline:pipeline0/GstAravis:aravis0: Internal data stream error.\nAdditional debug info:\n../x.c(3132): f ():\nstreaming stopped, reason error (-5)\n'))
    .toBe('Internal data stream error. streaming stopped, reason error (-5)')
  expect(reasonOf('')).toBe('')
  expect(lostPictures('stream> [GvStream::finalize] n_failures             = 260\nstream> [GvStream::finalize] n_underruns            = 2\n')).toBe(262)
  expect(lostPictures('nothing')).toBeNull()
})
