export { awaitAsChild } from './await.js';
export { awaitThroughNexus } from './nexus.js';
