// Package worker puts awaitop together. It registers the workflows and activities with a Temporal
// worker, and gives them a client for the API of a cloud.
//
//   - [New] makes a worker of awaitop's own: the fleet that alone has the cloud's credentials.
//   - [Plugin] adds awaitop to a worker of yours, with options that suit it.
//   - [Register] only registers, with a worker or the SDK's test environment.
package worker
