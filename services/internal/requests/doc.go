// Package requests has what the clients of services have in common: the tries of a call, what a lost
// reply and a missing access token mean, and the telemetry of a request.
package requests
