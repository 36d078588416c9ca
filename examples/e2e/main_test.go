package e2e

import (
	"context"
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/awaitop/awaitop/cmd/awaitop/devserver"
	"github.com/awaitop/awaitop/workflows"
)

// dev is the dev server the tests share.
var dev *devserver.Server

// record says that the histories of the replay tests are to be written to files.
var record = flag.Bool("record", false, "write the recorded histories anew")

func TestMain(m *testing.M) {
	flag.Parse()
	if os.Getenv(workerServices) != "" {
		serveAsChild()
		return
	}
	// The tests wait more than they compute: two at once, as on two cores, take ten minutes.
	if !isSet("test.parallel") {
		_ = flag.Set("test.parallel", "8") // there is such a flag
	}
	os.Exit(run(m))
}

func isSet(name string) (set bool) {
	flag.Visit(func(f *flag.Flag) { set = set || f.Name == name })
	return set
}

func run(m *testing.M) int {
	server, err := devserver.Start(context.Background(), devserver.Options{Log: os.Stderr, SearchAttributes: searchAttributes()})
	if err != nil {
		fmt.Fprintln(os.Stderr, "no Temporal server:", err)
		return 1
	}
	defer func() { _ = server.Stop() }()
	dev = server
	if payloads, err = newPayloads(); err != nil {
		fmt.Fprintln(os.Stderr, "no document of the contract:", err)
		return 1
	}
	defer func() {
		for _, folder := range builtFolders {
			_ = os.RemoveAll(folder)
		}
	}()
	return max(m.Run(), judgePayloads())
}

// searchAttributes are awaitop's, by name.
func searchAttributes() map[string]string {
	return map[string]string{
		workflows.OperationAttribute.GetName(): "KeywordList",
		workflows.StateAttribute.GetName():     "Keyword",
		workflows.PercentAttribute.GetName():   "Int",
	}
}
