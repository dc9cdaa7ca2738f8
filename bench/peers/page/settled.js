/**
 * @file When a graphics processor has done what it was given. A call returns once its work is queued, so whoever times it
 * has to wait; it is the same wait for all sides.
 */

/** @type {Set<GPUDevice>} */
const devices = new Set();
const { requestDevice } = GPUAdapter.prototype;
GPUAdapter.prototype.requestDevice = async function (...args) {
  const device = await Reflect.apply(requestDevice, this, args);
  devices.add(device);
  return device;
};

/** Of the device that the side of this page has asked for. */
export const settled = () => Promise.all([...devices].map(({ queue }) => queue.onSubmittedWorkDone()));

/** The device that was asked for last. */
export const deviceInUse = () => [...devices].at(-1);
