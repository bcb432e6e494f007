target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

define void @mrm.fusion.bert_mlp.matmul.67(ptr %0, i32 %1, i32 %2, ptr %3) #0 {
entry:
  %4 = load ptr, ptr %0, align 8
  %5 = getelementptr inbounds ptr, ptr %0, i64 1
  %6 = load ptr, ptr %5, align 8
  %7 = getelementptr inbounds ptr, ptr %0, i64 2
  %8 = load ptr, ptr %7, align 8
  %9 = sext i32 %1 to i64
  %10 = sext i32 %2 to i64
  %11 = mul i64 %9, 2
  %12 = udiv i64 %11, %10
  %13 = mul i64 %12, 16
  %14 = icmp slt i64 %13, 32
  %15 = select i1 %14, i64 %13, i64 32
  %16 = add i64 %9, 1
  %17 = mul i64 %16, 2
  %18 = udiv i64 %17, %10
  %19 = mul i64 %18, 16
  %20 = icmp slt i64 %19, 32
  %21 = select i1 %20, i64 %19, i64 32
  %22 = icmp slt i64 %15, %21
  br i1 %22, label %then, label %done

then:                                             ; preds = %entry
  %23 = sub i64 %21, %15
  br i1 true, label %loop, label %loop.done

done:                                             ; preds = %loop.done, %entry
  ret void

loop:                                             ; preds = %loop, %then
  %24 = phi i64 [ 0, %then ], [ %31, %loop ]
  %25 = getelementptr inbounds float, ptr %4, i64 0
  %26 = getelementptr inbounds float, ptr %6, i64 0
  %27 = getelementptr inbounds float, ptr %8, i64 0
  %28 = getelementptr inbounds float, ptr %26, i64 %15
  %29 = getelementptr inbounds float, ptr %27, i64 %15
  %30 = trunc i64 %23 to i32
  call void @cblas_sgemm(i32 101, i32 112, i32 111, i32 16, i32 %30, i32 10, float 1.000000e+00, ptr %25, i32 16, ptr %28, i32 32, float 0.000000e+00, ptr %29, i32 32)
  %31 = add nsw i64 %24, 1
  %32 = icmp slt i64 %31, 1
  br i1 %32, label %loop, label %loop.done, !llvm.loop !184

loop.done:                                        ; preds = %loop, %then
  br label %done
}

define void @mrm.decoder.blocks.0.attn.qkv.gather(ptr %0, i32 %1, i32 %2, ptr %3) #0 {
entry:
  %4 = load ptr, ptr %0, align 8
  %5 = getelementptr inbounds ptr, ptr %0, i64 1
  %6 = load ptr, ptr %5, align 8
  %7 = getelementptr inbounds ptr, ptr %0, i64 2
  %8 = load ptr, ptr %7, align 8
  %9 = sext i32 %1 to i64
  %10 = sext i32 %2 to i64
  %11 = mul i64 %9, 34
  %12 = udiv i64 %11, %10
  %13 = add i64 %9, 1
  %14 = mul i64 %13, 34
  %15 = udiv i64 %14, %10
  %16 = icmp slt i64 %12, %15
  br i1 %16, label %loop, label %loop.done

loop:                                             ; preds = %loop.done2, %entry
  %17 = phi i64 [ %12, %entry ], [ %43, %loop.done2 ]
  %18 = getelementptr inbounds float, ptr %4, i64 0
  %19 = add i64 0, %17
  %20 = getelementptr inbounds i32, ptr %6, i64 %19
  %21 = mul i64 %17, 72
  %22 = add i64 0, %21
  %23 = getelementptr inbounds float, ptr %8, i64 %22
  br i1 true, label %loop1, label %loop.done2

loop.done:                                        ; preds = %loop.done2, %entry
  ret void

loop1:                                            ; preds = %loop1, %loop
  %24 = phi i64 [ 0, %loop ], [ %41, %loop1 ]
  %25 = add i64 0, %24
  %26 = add i64 0, %25
  %27 = getelementptr inbounds i32, ptr %20, i64 0
  %28 = load i32, ptr %27, align 4
  %29 = sext i32 %28 to i64
  %30 = icmp sgt i64 %29, 0
  %31 = select i1 %30, i64 %29, i64 0
  %32 = icmp slt i64 %31, 25
  %33 = select i1 %32, i64 %31, i64 25
  %34 = mul i64 %33, 72
  %35 = add i64 %26, %34
  %36 = getelementptr inbounds float, ptr %18, i64 %35
  %37 = load <8 x float>, ptr %36, align 4
  %38 = add i64 0, %24
  %39 = add i64 0, %38
  %40 = getelementptr inbounds float, ptr %23, i64 %39
  store <8 x float> %37, ptr %40, align 4
  %41 = add nsw i64 %24, 8
  %42 = icmp slt i64 %41, 72
  br i1 %42, label %loop1, label %loop.done2

loop.done2:                                       ; preds = %loop1, %loop
  %43 = add nsw i64 %17, 1
  %44 = icmp slt i64 %43, %15
  br i1 %44, label %loop, label %loop.done, !llvm.loop !203
}

define void @mrm.encoder.mask.argsort.77(ptr %0, i32 %1, i32 %2, ptr %3) #0 {
entry:
  %4 = load ptr, ptr %0, align 8
  %5 = getelementptr inbounds ptr, ptr %0, i64 1
  %6 = load ptr, ptr %5, align 8
  %7 = sext i32 %1 to i64
  %8 = sext i32 %2 to i64
  %9 = mul i64 %7, 2
  %10 = udiv i64 %9, %8
  %11 = add i64 %7, 1
  %12 = mul i64 %11, 2
  %13 = udiv i64 %12, %8
  %14 = icmp slt i64 %10, %13
  br i1 %14, label %loop, label %loop.done

loop:                                             ; preds = %loop.done2, %entry
  %15 = phi i64 [ %10, %entry ], [ %24, %loop.done2 ]
  %16 = mul i64 %15, 16
  %17 = getelementptr inbounds i32, ptr %4, i64 %16
  %18 = mul i64 %15, 16
  %19 = getelementptr inbounds i32, ptr %6, i64 %18
  br i1 true, label %loop1, label %loop.done2

loop.done:                                        ; preds = %loop.done2, %entry
  ret void

loop1:                                            ; preds = %loop.done6, %loop
  %20 = phi i64 [ 0, %loop ], [ %50, %loop.done6 ]
  %21 = getelementptr inbounds i32, ptr %17, i64 %20
  %22 = load i32, ptr %21, align 4
  %23 = icmp slt i64 0, %20
  br i1 %23, label %loop3, label %loop.done4

loop.done2:                                       ; preds = %loop.done6, %loop
  %24 = add nsw i64 %15, 1
  %25 = icmp slt i64 %24, %13
  br i1 %25, label %loop, label %loop.done, !llvm.loop !199

loop3:                                            ; preds = %loop3, %loop1
  %26 = phi i64 [ 0, %loop1 ], [ %33, %loop3 ]
  %27 = phi i64 [ 0, %loop1 ], [ %32, %loop3 ]
  %28 = getelementptr inbounds i32, ptr %17, i64 %26
  %29 = load i32, ptr %28, align 4
  %30 = icmp sle i32 %29, %22
  %31 = zext i1 %30 to i64
  %32 = add i64 %27, %31
  %33 = add nsw i64 %26, 1
  %34 = icmp slt i64 %33, %20
  br i1 %34, label %loop3, label %loop.done4

loop.done4:                                       ; preds = %loop3, %loop1
  %35 = phi i64 [ 0, %loop1 ], [ %32, %loop3 ]
  %36 = add i64 %20, 1
  %37 = icmp slt i64 %36, 16
  br i1 %37, label %loop5, label %loop.done6

loop5:                                            ; preds = %loop5, %loop.done4
  %38 = phi i64 [ %36, %loop.done4 ], [ %45, %loop5 ]
  %39 = phi i64 [ %35, %loop.done4 ], [ %44, %loop5 ]
  %40 = getelementptr inbounds i32, ptr %17, i64 %38
  %41 = load i32, ptr %40, align 4
  %42 = icmp slt i32 %41, %22
  %43 = zext i1 %42 to i64
  %44 = add i64 %39, %43
  %45 = add nsw i64 %38, 1
  %46 = icmp slt i64 %45, 16
  br i1 %46, label %loop5, label %loop.done6

loop.done6:                                       ; preds = %loop5, %loop.done4
  %47 = phi i64 [ %35, %loop.done4 ], [ %44, %loop5 ]
  %48 = trunc i64 %20 to i32
  %49 = getelementptr inbounds i32, ptr %19, i64 %47
  store i32 %48, ptr %49, align 4
  %50 = add nsw i64 %20, 1
  %51 = icmp slt i64 %50, 16
  br i1 %51, label %loop1, label %loop.done2, !llvm.loop !200
}

define internal void @mrm.reduce_sum.shared(ptr %0, i32 %1, i32 %2, ptr %3, i64 %4) #5 {
entry:
  %5 = load ptr, ptr %0, align 8
  %6 = getelementptr inbounds ptr, ptr %0, i64 1
  %7 = load ptr, ptr %6, align 8
  %8 = sext i32 %1 to i64
  %9 = sext i32 %2 to i64
  %10 = mul i64 %8, 1
  %11 = udiv i64 %10, %9
  %12 = add i64 %8, 1
  %13 = mul i64 %12, 1
  %14 = udiv i64 %13, %9
  %15 = icmp slt i64 %11, %14
  br i1 %15, label %loop, label %loop.done

loop:                                             ; preds = %loop.done2, %entry
  %16 = phi i64 [ %11, %entry ], [ %29, %loop.done2 ]
  %17 = getelementptr inbounds float, ptr %5, i64 0
  %18 = getelementptr inbounds float, ptr %7, i64 0
  br i1 true, label %loop1, label %loop.done2

loop.done:                                        ; preds = %loop.done2, %entry
  ret void

loop1:                                            ; preds = %loop1, %loop
  %19 = phi i64 [ 0, %loop ], [ %27, %loop1 ]
  %20 = add i64 0, %19
  %21 = add i64 0, %20
  %22 = getelementptr inbounds float, ptr %17, i64 %21
  %23 = load <8 x float>, ptr %22, align 4
  %24 = add i64 0, %19
  %25 = add i64 0, %24
  %26 = getelementptr inbounds float, ptr %18, i64 %25
  store <8 x float> %23, ptr %26, align 4
  %27 = add nsw i64 %19, 8
  %28 = icmp slt i64 %27, %4
  br i1 %28, label %loop1, label %loop.done2

loop.done2:                                       ; preds = %loop1, %loop
  %29 = add nsw i64 %16, 1
  %30 = icmp slt i64 %29, %14
  br i1 %30, label %loop, label %loop.done, !llvm.loop !114
}

define void @"mrm.encoder.blocks.0-1.mlp.fc1.add+gelu"(ptr %0, i32 %1, i32 %2, ptr %3) #0 {
entry:
  %4 = load ptr, ptr %0, align 8
  %5 = getelementptr inbounds ptr, ptr %0, i64 1
  %6 = load ptr, ptr %5, align 8
  %7 = getelementptr inbounds ptr, ptr %0, i64 2
  %8 = load ptr, ptr %7, align 8
  %9 = getelementptr inbounds ptr, ptr %0, i64 3
  %10 = load ptr, ptr %9, align 8
  %11 = sext i32 %1 to i64
  %12 = sext i32 %2 to i64
  %13 = mul i64 %11, 10
  %14 = udiv i64 %13, %12
  %15 = add i64 %11, 1
  %16 = mul i64 %15, 10
  %17 = udiv i64 %16, %12
  %18 = icmp slt i64 %14, %17
  br i1 %18, label %loop, label %loop.done

loop:                                             ; preds = %loop.done2, %entry
  %19 = phi i64 [ %14, %entry ], [ %87, %loop.done2 ]
  %20 = mul i64 %19, 128
  %21 = add i64 0, %20
  %22 = getelementptr inbounds float, ptr %4, i64 %21
  %23 = getelementptr inbounds float, ptr %6, i64 0
  %24 = mul i64 %19, 128
  %25 = add i64 0, %24
  %26 = getelementptr inbounds float, ptr %8, i64 %25
  %27 = mul i64 %19, 128
  %28 = add i64 0, %27
  %29 = getelementptr inbounds float, ptr %10, i64 %28
  br i1 true, label %loop1, label %loop.done2

loop.done:                                        ; preds = %loop.done2, %entry
  ret void

loop1:                                            ; preds = %loop1, %loop
  %30 = phi i64 [ 0, %loop ], [ %85, %loop1 ]
  %31 = add i64 0, %30
  %32 = add i64 0, %31
  %33 = getelementptr inbounds float, ptr %22, i64 %32
  %34 = load <8 x float>, ptr %33, align 4
  %35 = add i64 0, %30
  %36 = add i64 0, %35
  %37 = getelementptr inbounds float, ptr %23, i64 %36
  %38 = load <8 x float>, ptr %37, align 4
  %39 = fadd contract <8 x float> %34, %38
  %40 = call <8 x float> @llvm.fabs.v8f32(<8 x float> %39)
  %41 = fcmp olt <8 x float> <float 1.318750e+01, float 1.318750e+01, float 1.318750e+01, float 1.318750e+01, float 1.318750e+01, float 1.318750e+01, float 1.318750e+01, float 1.318750e+01>, %40
  %42 = select <8 x i1> %41, <8 x float> <float 1.318750e+01, float 1.318750e+01, float 1.318750e+01, float 1.318750e+01, float 1.318750e+01, float 1.318750e+01, float 1.318750e+01, float 1.318750e+01>, <8 x float> %40
  %43 = fmul <8 x float> %42, <float -5.000000e-01, float -5.000000e-01, float -5.000000e-01, float -5.000000e-01, float -5.000000e-01, float -5.000000e-01, float -5.000000e-01, float -5.000000e-01>
  %44 = fmul <8 x float> %43, %42
  %45 = call <8 x float> @llvm.fma.v8f32(<8 x float> %44, <8 x float> <float 0x3FF7154760000000, float 0x3FF7154760000000, float 0x3FF7154760000000, float 0x3FF7154760000000, float 0x3FF7154760000000, float 0x3FF7154760000000, float 0x3FF7154760000000, float 0x3FF7154760000000>, <8 x float> <float 0x4168000000000000, float 0x4168000000000000, float 0x4168000000000000, float 0x4168000000000000, float 0x4168000000000000, float 0x4168000000000000, float 0x4168000000000000, float 0x4168000000000000>)
  %46 = fsub <8 x float> %45, <float 0x4168000000000000, float 0x4168000000000000, float 0x4168000000000000, float 0x4168000000000000, float 0x4168000000000000, float 0x4168000000000000, float 0x4168000000000000, float 0x4168000000000000>
  %47 = fmul <8 x float> %46, <float 0xBFE6300000000000, float 0xBFE6300000000000, float 0xBFE6300000000000, float 0xBFE6300000000000, float 0xBFE6300000000000, float 0xBFE6300000000000, float 0xBFE6300000000000, float 0xBFE6300000000000>
  %48 = call <8 x float> @llvm.fma.v8f32(<8 x float> %43, <8 x float> %42, <8 x float> %47)
  %49 = call <8 x float> @llvm.fma.v8f32(<8 x float> %46, <8 x float> <float 0x3F2BD01060000000, float 0x3F2BD01060000000, float 0x3F2BD01060000000, float 0x3F2BD01060000000, float 0x3F2BD01060000000, float 0x3F2BD01060000000, float 0x3F2BD01060000000, float 0x3F2BD01060000000>, <8 x float> %48)
  %50 = call <8 x float> @llvm.fma.v8f32(<8 x float> <float 0x3F56A4D600000000, float 0x3F56A4D600000000, float 0x3F56A4D600000000, float 0x3F56A4D600000000, float 0x3F56A4D600000000, float 0x3F56A4D600000000, float 0x3F56A4D600000000, float 0x3F56A4D600000000>, <8 x float> %49, <8 x float> <float 0x3F812398E0000000, float 0x3F812398E0000000, float 0x3F812398E0000000, float 0x3F812398E0000000, float 0x3F812398E0000000, float 0x3F812398E0000000, float 0x3F812398E0000000, float 0x3F812398E0000000>)
  %51 = call <8 x float> @llvm.fma.v8f32(<8 x float> %50, <8 x float> %49, <8 x float> <float 0x3FA5558B00000000, float 0x3FA5558B00000000, float 0x3FA5558B00000000, float 0x3FA5558B00000000, float 0x3FA5558B00000000, float 0x3FA5558B00000000, float 0x3FA5558B00000000, float 0x3FA5558B00000000>)
  %52 = call <8 x float> @llvm.fma.v8f32(<8 x float> %51, <8 x float> %49, <8 x float> <float 0x3FC5554920000000, float 0x3FC5554920000000, float 0x3FC5554920000000, float 0x3FC5554920000000, float 0x3FC5554920000000, float 0x3FC5554920000000, float 0x3FC5554920000000, float 0x3FC5554920000000>)
  %53 = call <8 x float> @llvm.fma.v8f32(<8 x float> %52, <8 x float> %49, <8 x float> <float 0x3FDFFFFFC0000000, float 0x3FDFFFFFC0000000, float 0x3FDFFFFFC0000000, float 0x3FDFFFFFC0000000, float 0x3FDFFFFFC0000000, float 0x3FDFFFFFC0000000, float 0x3FDFFFFFC0000000, float 0x3FDFFFFFC0000000>)
  %54 = call <8 x float> @llvm.fma.v8f32(<8 x float> %53, <8 x float> %49, <8 x float> <float 1.000000e+00, float 1.000000e+00, float 1.000000e+00, float 1.000000e+00, float 1.000000e+00, float 1.000000e+00, float 1.000000e+00, float 1.000000e+00>)
  %55 = call <8 x float> @llvm.fma.v8f32(<8 x float> %54, <8 x float> %49, <8 x float> <float 1.000000e+00, float 1.000000e+00, float 1.000000e+00, float 1.000000e+00, float 1.000000e+00, float 1.000000e+00, float 1.000000e+00, float 1.000000e+00>)
  %56 = bitcast <8 x float> %55 to <8 x i32>
  %57 = bitcast <8 x float> %45 to <8 x i32>
  %58 = shl <8 x i32> %57, <i32 23, i32 23, i32 23, i32 23, i32 23, i32 23, i32 23, i32 23>
  %59 = add <8 x i32> %56, %58
  %60 = bitcast <8 x i32> %59 to <8 x float>
  %61 = fcmp olt <8 x float> %42, <float 1.318750e+01, float 1.318750e+01, float 1.318750e+01, float 1.318750e+01, float 1.318750e+01, float 1.318750e+01, float 1.318750e+01, float 1.318750e+01>
  %62 = select <8 x i1> %61, <8 x float> %60, <8 x float> zeroinitializer
  %63 = call <8 x float> @llvm.fma.v8f32(<8 x float> %42, <8 x float> <float 2.812500e-01, float 2.812500e-01, float 2.812500e-01, float 2.812500e-01, float 2.812500e-01, float 2.812500e-01, float 2.812500e-01, float 2.812500e-01>, <8 x float> <float 1.000000e+00, float 1.000000e+00, float 1.000000e+00, float 1.000000e+00, float 1.000000e+00, float 1.000000e+00, float 1.000000e+00, float 1.000000e+00>)
  %64 = fdiv <8 x float> <float 1.000000e+00, float 1.000000e+00, float 1.000000e+00, float 1.000000e+00, float 1.000000e+00, float 1.000000e+00, float 1.000000e+00, float 1.000000e+00>, %63
  %65 = call <8 x float> @llvm.fma.v8f32(<8 x float> <float 0x3F904EA2E0000000, float 0x3F904EA2E0000000, float 0x3F904EA2E0000000, float 0x3F904EA2E0000000, float 0x3F904EA2E0000000, float 0x3F904EA2E0000000, float 0x3F904EA2E0000000, float 0x3F904EA2E0000000>, <8 x float> %64, <8 x float> <float 0xBFA7D2A8E0000000, float 0xBFA7D2A8E0000000, float 0xBFA7D2A8E0000000, float 0xBFA7D2A8E0000000, float 0xBFA7D2A8E0000000, float 0xBFA7D2A8E0000000, float 0xBFA7D2A8E0000000, float 0xBFA7D2A8E0000000>)
  %66 = call <8 x float> @llvm.fma.v8f32(<8 x float> %65, <8 x float> %64, <8 x float> <float 0xBF89F1E580000000, float 0xBF89F1E580000000, float 0xBF89F1E580000000, float 0xBF89F1E580000000, float 0xBF89F1E580000000, float 0xBF89F1E580000000, float 0xBF89F1E580000000, float 0xBF89F1E580000000>)
  %67 = call <8 x float> @llvm.fma.v8f32(<8 x float> %66, <8 x float> %64, <8 x float> <float 0x3FBEE72840000000, float 0x3FBEE72840000000, float 0x3FBEE72840000000, float 0x3FBEE72840000000, float 0x3FBEE72840000000, float 0x3FBEE72840000000, float 0x3FBEE72840000000, float 0x3FBEE72840000000>)
  %68 = call <8 x float> @llvm.fma.v8f32(<8 x float> %67, <8 x float> %64, <8 x float> <float 0xBF984B9700000000, float 0xBF984B9700000000, float 0xBF984B9700000000, float 0xBF984B9700000000, float 0xBF984B9700000000, float 0xBF984B9700000000, float 0xBF984B9700000000, float 0xBF984B9700000000>)
  %69 = call <8 x float> @llvm.fma.v8f32(<8 x float> %68, <8 x float> %64, <8 x float> <float 0x3FC0AEA880000000, float 0x3FC0AEA880000000, float 0x3FC0AEA880000000, float 0x3FC0AEA880000000, float 0x3FC0AEA880000000, float 0x3FC0AEA880000000, float 0x3FC0AEA880000000, float 0x3FC0AEA880000000>)
  %70 = call <8 x float> @llvm.fma.v8f32(<8 x float> %69, <8 x float> %64, <8 x float> <float 0x3FB6CF95A0000000, float 0x3FB6CF95A0000000, float 0x3FB6CF95A0000000, float 0x3FB6CF95A0000000, float 0x3FB6CF95A0000000, float 0x3FB6CF95A0000000, float 0x3FB6CF95A0000000, float 0x3FB6CF95A0000000>)
  %71 = call <8 x float> @llvm.fma.v8f32(<8 x float> %70, <8 x float> %64, <8 x float> <float 0x3FBD6B7720000000, float 0x3FBD6B7720000000, float 0x3FBD6B7720000000, float 0x3FBD6B7720000000, float 0x3FBD6B7720000000, float 0x3FBD6B7720000000, float 0x3FBD6B7720000000, float 0x3FBD6B7720000000>)
  %72 = call <8 x float> @llvm.fma.v8f32(<8 x float> %71, <8 x float> %64, <8 x float> <float 0x3FBCA66EA0000000, float 0x3FBCA66EA0000000, float 0x3FBCA66EA0000000, float 0x3FBCA66EA0000000, float 0x3FBCA66EA0000000, float 0x3FBCA66EA0000000, float 0x3FBCA66EA0000000, float 0x3FBCA66EA0000000>)
  %73 = call <8 x float> @llvm.fma.v8f32(<8 x float> %72, <8 x float> %64, <8 x float> <float 0x3EEB385FC0000000, float 0x3EEB385FC0000000, float 0x3EEB385FC0000000, float 0x3EEB385FC0000000, float 0x3EEB385FC0000000, float 0x3EEB385FC0000000, float 0x3EEB385FC0000000, float 0x3EEB385FC0000000>)
  %74 = fmul <8 x float> %62, %73
  %75 = fneg <8 x float> %42
  %76 = fcmp ogt <8 x float> %39, zeroinitializer
  %77 = select <8 x i1> %76, <8 x float> %39, <8 x float> zeroinitializer
  %78 = call <8 x float> @llvm.fma.v8f32(<8 x float> %75, <8 x float> %74, <8 x float> %77)
  %79 = add i64 0, %30
  %80 = add i64 0, %79
  %81 = getelementptr inbounds float, ptr %26, i64 %80
  store <8 x float> %39, ptr %81, align 4
  %82 = add i64 0, %30
  %83 = add i64 0, %82
  %84 = getelementptr inbounds float, ptr %29, i64 %83
  store <8 x float> %78, ptr %84, align 4
  %85 = add nsw i64 %30, 8
  %86 = icmp slt i64 %85, 128
  br i1 %86, label %loop1, label %loop.done2

loop.done2:                                       ; preds = %loop1, %loop
  %87 = add nsw i64 %19, 1
  %88 = icmp slt i64 %87, %17
  br i1 %88, label %loop, label %loop.done, !llvm.loop !43
}
