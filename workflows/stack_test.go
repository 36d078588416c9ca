package workflows_test

import (
	"runtime/debug"
	"testing"
	"time"
	"unsafe"

	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// maxBlockedFrames bounds the stack between a workflow's interceptor and the future on
// which an AwaitOperation blocks, in bytes, the SDK's frames included. With a few hundred
// more the runtime keeps a stack of 16 KiB instead of 8, for each of thousands of waits.
const maxBlockedFrames = 2500

// raceEnabled says that the race detector is on.
var raceEnabled bool

// This test is not parallel, because it turns garbage collection off: that halves stacks,
// which moves them.
func TestBlockedFrames(t *testing.T) {
	if raceEnabled {
		t.Skip("frames are larger under the race detector")
	}
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	w := newWorld(t)
	depth := &depthRecorder{}
	w.env.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{depth}})
	ref := w.service.Start(operationName, testsuite.Script{RunsFor: 10 * time.Second})
	if _, err := w.await(ref, workflows.AwaitOptions{}); err != nil {
		t.Fatal(err)
	}
	if depth.frames <= 0 || depth.frames > maxBlockedFrames {
		t.Errorf("the frames of a blocked wait take %d bytes, want at most %d", depth.frames, maxBlockedFrames)
	}
}

// depthRecorder records how much stack a workflow uses when it blocks on an activity.
type depthRecorder struct {
	interceptor.WorkerInterceptorBase
	top    uintptr
	frames int
}

func (r *depthRecorder) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	return &depthInbound{WorkflowInboundInterceptorBase: interceptor.WorkflowInboundInterceptorBase{Next: next}, recorder: r}
}

type depthInbound struct {
	interceptor.WorkflowInboundInterceptorBase
	recorder *depthRecorder
}

func (i *depthInbound) Init(outbound interceptor.WorkflowOutboundInterceptor) error {
	return i.Next.Init(&depthOutbound{WorkflowOutboundInterceptorBase: interceptor.WorkflowOutboundInterceptorBase{Next: outbound}, recorder: i.recorder})
}

func (i *depthInbound) ExecuteWorkflow(ctx workflow.Context, in *interceptor.ExecuteWorkflowInput) (any, error) {
	growStack(1 << 10) // it would move otherwise
	i.recorder.top = stackPointer()
	return i.Next.ExecuteWorkflow(ctx, in)
}

type depthOutbound struct {
	interceptor.WorkflowOutboundInterceptorBase
	recorder *depthRecorder
}

func (o *depthOutbound) ExecuteActivity(ctx workflow.Context, name string, args ...any) workflow.Future {
	return &depthFuture{Future: o.Next.ExecuteActivity(ctx, name, args...), recorder: o.recorder}
}

type depthFuture struct {
	workflow.Future
	recorder *depthRecorder
}

func (f *depthFuture) Get(ctx workflow.Context, into any) error {
	if !f.IsReady() {
		f.recorder.frames = int(f.recorder.top - stackPointer())
	}
	return f.Future.Get(ctx, into)
}

//go:noinline
func stackPointer() uintptr {
	var here byte
	return uintptr(unsafe.Pointer(&here))
}

// growStack lets the stack grow by some 100 bytes a level.
//
//go:noinline
func growStack(levels int) int {
	var frame [64]byte
	if levels == 0 {
		return int(frame[0])
	}
	return growStack(levels-1) + int(frame[levels%64])
}
