package lro

// detailed is an error of go.temporal.io/sdk/temporal that carries values. Package lro
// knows these errors by their methods: it does not reach Temporal.
type detailed interface {
	error
	HasDetails() bool
	Details(into ...any) error
}

// applicationError is a temporal.ApplicationError.
type applicationError interface {
	detailed
	Type() string
}

// asCanceled returns err if it is itself a temporal.CanceledError. That is the only error of
// Temporal's with details and without a type.
func asCanceled(err error) (detailed, bool) {
	if _, ok := err.(applicationError); ok {
		return nil, false
	}
	canceled, ok := err.(detailed)
	return canceled, ok
}

// isCanceled reports whether err is or wraps a temporal.CanceledError.
func isCanceled(err error) bool {
	return walk(err, func(err error) bool {
		_, ok := asCanceled(err)
		return ok
	})
}
