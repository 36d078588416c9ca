package poller

import "context"

// tries admits the further tries of one request of a Poller.
type tries struct {
	pacer  *pacer
	ticket *ticket // the request's
}

// triesKey is the key of a request's tries in its context.
type triesKey struct{}

func withTries(ctx context.Context, pacer *pacer, ticket *ticket) context.Context {
	return context.WithValue(ctx, triesKey{}, tries{pacer, ticket})
}

// notedTries is the key, in a context, of the function that notes the errors of tries that are
// followed by another.
type notedTries struct{}

// OnFurtherTry returns a context with which [NextTry] passes the error of each try that is followed by
// another to note.
func OnFurtherTry(ctx context.Context, note func(err error)) context.Context {
	return context.WithValue(ctx, notedTries{}, note)
}

// NextTry is for a [lro.Client] that sends a request again by itself. Call it before each further
// try, with the context of the request and the error of the try before. It counts that error, waits
// until the Poller's budget allows another try, with the priority of the first, and returns nil. If
// ctx is done first, it returns ctx's error: then make no further try. Nor is there one for a
// WaitOperation, for which it returns err.
//
// Without a Poller it returns at once. It is for one try after another, not for several side by
// side, nor after the request has returned.
func NextTry(ctx context.Context, err error) error {
	if note, there := ctx.Value(notedTries{}).(func(error)); there {
		note(err)
	}
	t, there := ctx.Value(triesKey{}).(tries)
	switch {
	case !there:
		return ctx.Err()
	case t.ticket.atServer:
		return err
	}
	return t.pacer.again(ctx, t.ticket, err)
}
