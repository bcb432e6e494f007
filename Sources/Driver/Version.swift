/// The version of the compiler, as `mrmc --version` prints it.
public let version = "0.1.0"
