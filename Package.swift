// swift-tools-version: 6.0
import PackageDescription

/// One row per module: what it may import is what stands here, and nothing else.
let package = Package(
  name: "mrmc",
  products: [
    .executable(name: "mrmc", targets: ["mrmc"]),
    .library(name: "Frontend", targets: ["Frontend"]),
    .library(name: "Models", targets: ["Models"]),
    .library(name: "TrainingProgram", type: .static, targets: ["Training"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    .systemLibrary(name: "CPNG", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CUTF8Proc", providers: [.apt(["libutf8proc-dev"])]),
    .systemLibrary(name: "COpenBLAS", providers: [.apt(["libopenblas-dev"])]),
    .target(name: "CLLVM", linkerSettings: [.linkedLibrary("LLVM-19")]),
    .target(name: "CRuntime"),

    .target(name: "Support"),
    .target(name: "Contract", dependencies: ["Support"]),
    .target(name: "TensorIR", dependencies: ["Contract"]),
    .target(name: "IRText", dependencies: ["TensorIR"]),
    .target(name: "Interpreter", dependencies: ["TensorIR"]),
    .target(name: "Autodiff", dependencies: ["TensorIR"]),
    .target(name: "Passes", dependencies: ["TensorIR"]),
    .target(name: "BufferIR", dependencies: ["TensorIR"]),
    .target(name: "LLVMKit", dependencies: ["CLLVM", "Support"]),
    .target(name: "Codegen", dependencies: ["BufferIR", "LLVMKit", "COpenBLAS", "CRuntime"]),
    .target(name: "Frontend", dependencies: ["TensorIR"]),
    .target(name: "Models", dependencies: ["Frontend"]),

    .target(name: "Metrics", dependencies: ["Support"]),
    .target(name: "Interpolation", dependencies: ["Support"]),
    .target(name: "TensorFiles", dependencies: ["Support"]),
    .target(name: "Pictures", dependencies: ["Support", "Metrics", "CPNG"]),
    .target(name: "CPhantom"),
    .target(name: "Phantoms", dependencies: ["Support", "Pictures", "CPhantom"]),
    .target(name: "CImageOps"),
    .target(name: "Execution", dependencies: ["Contract", "CRuntime", "COpenBLAS"]),
    .target(name: "Data", dependencies: ["Contract", "CUTF8Proc", "CImageOps"]),
    .target(
      name: "Training",
      dependencies: [
        "Execution", "Data", "Interpolation", "Metrics", "Pictures", "TensorFiles",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(
      name: "Driver",
      dependencies: [
        "IRText", "Interpreter", "Autodiff", "Passes", "Codegen", "Models", "Execution", "Training", "Phantoms",
      ]),
    .executableTarget(
      name: "mrmc",
      dependencies: ["Driver", .product(name: "ArgumentParser", package: "swift-argument-parser")]),

    .target(name: "OpHarness", dependencies: ["TensorIR"], path: "Tests/OpHarness"),
    .target(name: "JITHarness", dependencies: ["Codegen", "CRuntime", "Interpreter"], path: "Tests/JITHarness"),
    .target(name: "TrainingHarness", dependencies: ["Autodiff", "Models"], path: "Tests/TrainingHarness"),
    .target(name: "GoldenFiles", dependencies: ["Support"], path: "Tests/GoldenFiles"),
    .target(name: "PNGDecoding", dependencies: ["CPNG"], path: "Tests/PNGDecoding"),
    .target(name: "CrashGuard", path: "Tests/CrashGuard"),
    .target(
      name: "GraphFuzz", dependencies: ["Autodiff", "CrashGuard", "Frontend", "JITHarness", "OpHarness", "Passes"],
      path: "Tests/GraphFuzz"),
    .executableTarget(name: "fuzz", dependencies: ["GraphFuzz"], path: "Tests/fuzz"),
    .target(name: "TestKernels", dependencies: ["CRuntime"], path: "Tests/TestKernels"),
    .executableTarget(
      name: "TestProgram", dependencies: ["Contract", "Training", "TestKernels"], path: "Tests/TestProgram"),
    .testTarget(name: "SupportTests", dependencies: ["Support"]),
    .testTarget(name: "ContractTests", dependencies: ["Contract"]),
    .testTarget(name: "IRTextTests", dependencies: ["IRText"]),
    .testTarget(name: "InterpreterTests", dependencies: ["Interpreter"]),
    .testTarget(
      name: "AutodiffTests", dependencies: ["Autodiff", "Interpreter", "OpHarness", "TrainingHarness"],
      exclude: ["Samples"]),
    .testTarget(name: "PassesTests", dependencies: ["Autodiff", "Passes", "IRText", "Interpreter", "OpHarness"]),
    .testTarget(
      name: "IRFileTests",
      dependencies: ["IRText", "Passes", "Autodiff", "Interpreter", "GraphFuzz", "GoldenFiles", "OpHarness"]),
    .testTarget(name: "GraphFuzzTests", dependencies: ["GraphFuzz", "Interpreter", "Passes"]),
    .testTarget(name: "FrontendTests", dependencies: ["Frontend", "Interpreter"]),
    .testTarget(name: "ModelsTests", dependencies: ["Models", "Interpreter"], exclude: ["make_samples.py"]),
    .testTarget(name: "LLVMKitTests", dependencies: ["LLVMKit", "Support"]),
    .testTarget(name: "VectorMathTests", dependencies: ["Codegen", "LLVMKit", "TensorIR"]),
    .testTarget(
      name: "CodegenTests",
      dependencies: ["JITHarness", "GraphFuzz", "Passes", "OpHarness", "TrainingHarness"]),
    .testTarget(name: "DataTests", dependencies: ["Data"], exclude: ["Samples"]),
    .testTarget(name: "MetricsTests", dependencies: ["Metrics", "Support"], exclude: ["Samples", "make_samples.py"]),
    .testTarget(
      name: "InterpolationTests", dependencies: ["Interpolation", "Support"], exclude: ["Samples", "make_samples.py"]),
    .testTarget(
      name: "TensorFilesTests", dependencies: ["TensorFiles", "Support"], exclude: ["Samples", "make_samples.py"]),
    .testTarget(name: "PicturesTests", dependencies: ["Pictures", "Metrics", "Support", "PNGDecoding"]),
    .testTarget(name: "PhantomsTests", dependencies: ["Phantoms", "Support", "PNGDecoding"]),
    .testTarget(name: "ExecutionTests", dependencies: ["Execution", "TestKernels"]),
    .testTarget(
      name: "TrainingTests",
      dependencies: ["Training", "TestKernels", "TestProgram", "Execution", "Interpolation", "Pictures"]),
    .testTarget(name: "DriverTests", dependencies: ["Driver", "BufferIR", "GoldenFiles", "Interpreter", "Passes"]),
    .testTarget(name: "CommandLineTests", dependencies: ["GraphFuzz", "IRText"]),
  ],
  swiftLanguageModes: [.v6]
)
