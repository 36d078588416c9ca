package lro

// ClientWrapper is a [Client] around another, such as one that logs its calls. By Unwrap
// [ClientAs] finds what the inner client has beside the methods of a Client, and so a
// wrapper keeps it: the quota project, the services, the starters of Cloud Spanner.
//
// A wrapper that has such a method itself is asked first. Wrap the client, not the Poller
// over it: the Poller has to be the outermost, so that all requests are within its budget.
type ClientWrapper interface {
	Client
	// Unwrap returns the inner client. It returns the same one each time, and never the
	// wrapper itself.
	Unwrap() Client
}

// ClientAs returns the first T of client and of those that it wraps, see [ClientWrapper].
// ok is false if none of them is a T.
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
