export { awaitAsChild } from './await.js';
export { awaitThroughNexus } from './nexus.js';
export { saga } from './saga.js';
