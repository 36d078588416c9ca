package simulate_test

import (
	"fmt"

	"github.com/awaitop/awaitop/examples/benchmark/internal/simulate"
)

func ExampleRun() {
	report := simulate.Run(1) // report.Markdown() has it all
	for i, cell := range report.Plain.Row("awaitop, after a start").Cells {
		fmt.Printf("%-6s %v\n", report.Plain.Operations[i].Name, cell)
	}
	// Output:
	// 3 s    3.0 / 0.8 s
	// 30 s   9.6 / 4.3 s
	// 5 min  21.2 / 14.9 s
	// 20 min 52.7 / 14.2 s
	// 6 h    765.4 / 13.8 s
}
