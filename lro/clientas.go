package lro

// ClientWrapper is a [Client] around another, such as one that logs its calls. [ClientAs] finds by
// Unwrap the methods that the inner client has beside those of a Client. So a wrapper keeps the
// quota project, the services, and the starters of Cloud Spanner.
//
// If a wrapper has such a method itself, that method counts. Wrap the client, not the Poller over
// it: the Poller has to be the outermost, so that all requests are within its budget.
type ClientWrapper interface {
	Client
	// Unwrap returns the inner client. It returns the same one each time, and never the wrapper
	// itself.
	Unwrap() Client
}

// ClientAs returns the first T among client and the clients that it wraps, see [ClientWrapper]. ok
// is false if none of them is a T.
func ClientAs[T any](client Client) (found T, ok bool) {
	for client != nil {
		if found, ok := client.(T); ok {
			return found, true
		}
		wrapper, wraps := client.(ClientWrapper)
		if !wraps {
			break
		}
		client = wrapper.Unwrap()
	}
	return found, false
}
