package workflows

import "runtime"

// unwinding is why deferred functions run, other than that their function returned.
type unwinding int

const (
	notUnwinding  unwinding = iota
	byPanic                 // a panic; one that was recovered too, until the function that recovered it returns
	byDestruction           // the SDK drops the workflow from its cache, and ends its coroutines by Goexit
)

// unwindDepth is how many frames the SDK looks at before it lets a coroutine block.
const unwindDepth = 20

// unwindingNow reports why the deferred functions run that are on the stack. None of them
// may block: the SDK replaces a panic by one of its own that says so, and unblocks no
// coroutine that it has ended.
func unwindingNow() unwinding {
	var callers [unwindDepth]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(1, callers[:])])
	for {
		frame, more := frames.Next()
		switch frame.Function {
		case "runtime.gopanic":
			return byPanic
		case "runtime.Goexit":
			return byDestruction
		}
		if !more {
			return notUnwinding
		}
	}
}
